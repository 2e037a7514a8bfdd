export { default } from "./en-more.js";
