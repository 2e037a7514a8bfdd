/**
 * A visit to the library: a new reader registers, signs in, adds a book and reserves it. `carrel/` is generated from the
 * contract, and types each answer.
 *
 *     node build/visit.js [http://127.0.0.1:9000/v1]
 */

import { client } from "./carrel/client.gen.js";
import {
  addFavorite,
  type Book,
  createBook,
  listBooks,
  login,
  putPicture,
  register,
  reserveBook,
  updateBook,
  verifyEmail,
} from "./carrel/index.js";

const library = process.argv[2] ?? "http://127.0.0.1:9000/v1";
const email = `jane.${Date.now()}@example.com`;
const password = "correct horse battery";

/** A picture of one pixel. */
const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

let accessToken: string | undefined;

client.setConfig({
  baseUrl: library,
  // The API key names the program, the access token the reader.
  auth: ({ name, scheme }) => (name === "X-Api-Key" ? "local-website" : scheme === "bearer" ? accessToken : undefined),
});

await register({ body: { email, password, firstName: "Jane" } });
accessToken = await signIn();
await verifyEmail({ body: { token: await tokenOfTheLetter() } });
console.log(`${email} is registered, signed in and confirmed`);

let count = 0;
for await (const book of allBooks()) {
  count += book.copies;
}
console.log(`the library has ${count} copies`);

const added = await createBook({ body: { title: "Kindred", author: "Octavia E. Butler" } });
const path = { bookId: added.data.id };
const version = { "If-Match": added.response.headers.get("ETag") ?? "" };
const changed = await updateBook({ path, headers: version, body: { copies: 2, publicationYear: 1979 } });
console.log(`${changed.data.title} has ${changed.data.copies} copies`);

// The book has another version now. A call that may fail says so, and then has a typed problem.
const late = await updateBook({ path, headers: version, body: { copies: 3 }, throwOnError: false });
console.log(`the second change with the same version is refused: ${late.error?.code}`);

// Without a serialiser the bytes are sent as they are. The header says which of the three types of images they are.
await putPicture({
  body: new Blob([png]),
  bodySerializer: null,
  headers: { "Content-Type": "image/png" },
});
await addFavorite({ path });
const reservation = await reserveBook({ path });
console.log(`the reservation is ${reservation.data.status}`);

/** Returns the access token of a sign-in. */
async function signIn(): Promise<string> {
  const { data } = await login({ body: { email, password } });
  if (data.tokenType === "Cookie") {
    throw new Error("only a website, which asks for a cookie, gets one");
  }
  return data.accessToken;
}

/** Yields every book of the catalogue, page by page. */
async function* allBooks(): AsyncGenerator<Book> {
  let cursor: string | undefined;
  do {
    const page = await listBooks({ query: { limit: 100, cursor } });
    yield* page.data.items;
    cursor = page.data.nextCursor;
  } while (cursor !== undefined);
}

/** Returns the token of the welcome letter, which a reader would find in the link. On a laptop the letter is in the mailbox. */
async function tokenOfTheLetter(): Promise<string> {
  const mailbox = new URL(`/dev/mail?to=${encodeURIComponent(email)}`, library);
  for (let tries = 0; tries < 100; tries++) {
    const letters = (await (await fetch(mailbox)).json()) as { items: { text: string }[] };
    const token = letters.items[0]?.text.match(/verify-email\?token=(\S+)/)?.[1];
    if (token !== undefined) {
      return token;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`there is no letter to ${email}`);
}
