import { defineConfig } from "@hey-api/openapi-ts";

export default defineConfig({
  input: "../../openapi.json",
  output: "carrel",
  // A call that fails throws the problem document, so that `data` is always there.
  plugins: [{ name: "@hey-api/client-fetch", throwOnError: true }],
});
