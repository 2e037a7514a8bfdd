// The contract (openapi.json), read into what the page shows: groups of operations with their inputs, answers and examples.

/** @typedef {{ name: string, title: string, about: string, operations: Operation[] }} Group */
/** @typedef {{ name: string, where: string, needed: boolean, about: string, facts: string, example: string, choices: string[] }} Input a parameter, or a field of the body */
/** @typedef {{ types: string[], example: unknown, fields: Input[] }} Body */
/** @typedef {{ status: string, about: string, example: unknown }} Answer */
/** @typedef {{ id: string, method: string, path: string, title: string, summary: string, about: string[], access: string, who: string, inputs: Input[], body: Body | null, answers: Answer[], codes: string[], words: string }} Operation */
/** @typedef {{ version: string, introduction: string[], groups: Group[] }} Contract */

/** Who may call an operation, in a word or two. Its description says it in full.
 * @type {Record<string, string>} */
const ACCESS = {
  public: "everybody",
  reader: "readers",
  user: "signed in",
  writer: "writers",
  owner: "its owner",
  private: "its reader",
  admin: "librarians",
};

/** @param {any} document @returns {Contract} */
export function read(document) {
  /** @type {Operation[]} */
  const operations = [];
  /** @type {Map<string, Operation[]>} */
  const byGroup = new Map();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, source] of Object.entries(/** @type {Record<string, any>} */ (item))) {
      const operation = operationOf(document, method.toUpperCase(), path, source);
      operations.push(operation);
      byGroup.set(source.tags[0], [...(byGroup.get(source.tags[0]) || []), operation]);
    }
  }
  const groups = document.tags.map((/** @type {any} */ tag) => ({
    name: tag.name,
    title: tag["x-displayName"] || tag.name,
    about: tag.description || "",
    operations: (byGroup.get(tag.name) || []).sort(inOrder),
  }));
  for (const group of groups) for (const operation of group.operations) operation.words += ` ${group.title.toLowerCase()}`;
  return { version: document.info.version, introduction: paragraphs(document.info.description), groups };
}

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** Second names of operations come last, and so does what programs alone read. Else it is the order of paths.
 * @param {Operation} one @param {Operation} other */
const inOrder = (one, other) =>
  Number(isAside(one)) - Number(isAside(other)) ||
  compared(one.path, other.path) ||
  METHODS.indexOf(one.method) - METHODS.indexOf(other.method);

/** @param {Operation} operation */
const isAside = ({ title, path }) => title.startsWith("The same as") || path.startsWith("/.well-known");

/** @param {string} one @param {string} other */
const compared = (one, other) => (one < other ? -1 : Number(one > other));

/** @param {string} text */
const paragraphs = (text) => (text || "").split("\n\n").filter(Boolean);

/** @param {any} document @param {string} method @param {string} path @param {any} source @returns {Operation} */
function operationOf(document, method, path, source) {
  const texts = paragraphs(source.description);
  const who = /^\*\*Who may call it:\*\* */;
  const errors = /^\*\*Errors:\*\* */;
  const refusals = refusalsOf(texts.find((text) => errors.test(text))?.replace(errors, "") || "");
  const content = source.requestBody?.content;
  const access = ACCESS[source["x-access"]] || "";
  const summary = source.summary || "";
  return {
    id: source.operationId,
    method,
    path,
    title: summary.split(": ")[0].replace(/\.$/, ""),
    summary,
    about: texts.filter((text) => !who.test(text) && !errors.test(text)),
    access,
    who: texts.find((text) => who.test(text))?.replace(who, "") || "",
    inputs: (source.parameters || []).map((/** @type {any} */ parameter) => inputOf(document, parameter, parameter.in)),
    body: content ? bodyOf(document, content) : null,
    answers: Object.entries(source.responses).map(([status, response]) => answerOf(document, status, response, refusals)),
    codes: source["x-codes"] || [],
    words: [method, path, source.operationId, summary, source.description, access, Object.keys(source.responses), source["x-codes"]]
      .flat()
      .join(" ")
      .toLowerCase(),
  };
}

/** The reasons for each status, from a sentence such as "404 if it is not there; 409 while it is lent."
 * @param {string} sentence */
function refusalsOf(sentence) {
  /** @type {Map<string, string>} */
  const reasons = new Map();
  for (const part of sentence.replace(/\.$/, "").split(/; (?=\d{3} )/)) {
    const [, status, reason] = part.match(/^(\d{3}) (.*)$/) || [];
    if (status) reasons.set(status, reasons.has(status) ? `${reasons.get(status)}; ${reason}` : reason);
  }
  return reasons;
}

/** @param {any} document @param {string} status @param {any} source @param {Map<string, string>} refusals @returns {Answer} */
function answerOf(document, status, source, refusals) {
  const response = followed(document, source);
  const [content] = Object.values(/** @type {Record<string, any>} */ (response.content || {}));
  const reason = refusals.get(status);
  return {
    status,
    about: reason ? `${reason[0].toUpperCase()}${reason.slice(1)}.` : response.description,
    example: content && (content.example ?? exampleOf(document, content.schema)),
  };
}

/** @param {any} document @param {Record<string, any>} content @returns {Body} */
function bodyOf(document, content) {
  const types = Object.keys(content);
  const { schema, example } = content[types[0]];
  return { types, example: example ?? exampleOf(document, schema), fields: fieldsOf(document, schema) };
}

/** The fields of an object. Of a choice between objects: those of all, and only what all need is needed.
 * @param {any} document @param {any} schema @returns {Input[]} */
function fieldsOf(document, schema) {
  const { oneOf, allOf, properties, required = [] } = followed(document, schema);
  const parts = (oneOf || allOf || []).map((/** @type {any} */ part) => fieldsOf(document, part));
  /** @type {Map<string, Input>} */
  const fields = new Map();
  for (const field of parts.flat()) {
    const known = fields.get(field.name);
    fields.set(field.name, { ...field, ...known });
  }
  for (const field of oneOf ? fields.values() : []) {
    field.needed = parts.every((/** @type {Input[]} */ part) => part.some(({ name, needed }) => needed && name === field.name));
  }
  for (const [name, property] of Object.entries(properties || {})) {
    fields.set(name, inputOf(document, { name, schema: property, required: required.includes(name) }, "body"));
  }
  return [...fields.values()];
}

/** @param {any} document @param {any} source @param {string} where @returns {Input} */
function inputOf(document, source, where) {
  const schema = followed(document, source.schema);
  const example = source.example ?? (where === "path" ? exampleOf(document, source.schema) : "");
  return {
    name: source.name,
    where,
    needed: source.required === true,
    about: source.description || source.schema.description || schema.description || "",
    facts: factsOf(document, schema),
    example: example === undefined ? "" : String(example),
    choices: (schema.enum || []).map(String),
  };
}

/** What a value must be: "1 to 100", "at most 128 characters", "one of a, b".
 * @param {any} document @param {any} schema @returns {string} */
function factsOf(document, schema) {
  const { type, format, enum: choices, minimum, maximum, minLength, maxLength } = schema;
  if (choices) return choices.length > 1 ? `one of ${choices.join(", ")}` : String(choices[0]);
  if (schema.items) return `a list: ${factsOf(document, followed(document, schema.items)) || "objects"}`;
  const kind = [type]
    .flat()
    .filter((one) => one && one !== "null")
    .join(" or ");
  const numbers = minimum !== undefined && maximum !== undefined ? `${minimum} to ${maximum}` : "";
  const characters = maxLength ? `${minLength ?? 0} to ${maxLength} characters` : "";
  return [kind === "string" && (format || characters) ? format : kind, numbers, characters].filter(Boolean).join(", ");
}

/** An example of a value: the contract's own, or one made of its parts'.
 * @param {any} document @param {any} schema @returns {unknown} */
function exampleOf(document, schema) {
  const { example, examples, oneOf, allOf, properties, items, enum: choices, default: preset } = followed(document, schema);
  const own = example ?? examples?.[0] ?? preset ?? choices?.[0];
  if (own !== undefined) return own;
  if (oneOf) return exampleOf(document, oneOf[0]);
  if (allOf) return Object.assign({}, ...allOf.map((/** @type {any} */ part) => exampleOf(document, part)));
  if (items) return [exampleOf(document, items)];
  if (!properties) return undefined;
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, exampleOf(document, property)]));
}

/** A schema or a response, wherever it stands. A value that may be null is read as the value.
 * @param {any} document @param {any} source @returns {any} */
function followed(document, source) {
  if (source?.$ref) {
    const target = source.$ref
      .slice(2)
      .split("/")
      .reduce((/** @type {any} */ at, /** @type {string} */ name) => at[name], document);
    return { ...followed(document, target), ...(source.description && { description: source.description }) };
  }
  const values = source?.oneOf?.filter((/** @type {any} */ one) => one.type !== "null");
  return values?.length === 1 ? followed(document, values[0]) : source || {};
}

/** The operations that have all of the words, in their groups.
 * @param {Group[]} groups @param {string} words */
export function found(groups, words) {
  const wanted = words
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean);
  const has = (/** @type {Operation} */ operation) => wanted.every((word) => operation.words.includes(word));
  return groups
    .map((group) => ({ ...group, operations: group.operations.filter(has) }))
    .filter(({ operations }) => operations.length);
}
