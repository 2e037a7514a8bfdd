//! What the build script makes of scripts.

#[path = "../build/markup.rs"]
mod markup;
#[path = "../build/minify.rs"]
mod minify;
#[path = "../build/scopes.rs"]
mod scopes;
#[path = "../build/tokens.rs"]
mod tokens;

use minify::minified;

#[test]
fn a_local_name_becomes_short_and_a_property_keeps_its_name() {
    let script = "export function widthOf(box, { margin, padding: inner = 2 }) {\n  const total = box.width + margin;\n  return { total, inner: inner - -total };\n}\n";
    let expected = "export function widthOf(e,{margin:t,padding:n=2}){const a=e.width+t;return{total:a,inner:n- -a}}";
    assert_eq!(minified(script), expected);
}

#[test]
fn imports_exports_and_the_browsers_own_names_stay() {
    let script = "import { html, words as said } from \"./ui.js\";\nconst LIMIT = 3;\nexport const first = () => html(said, LIMIT, location);\nexport { LIMIT };\n";
    let expected = "import{html,words as said}from\"./ui.js\";const LIMIT=3;export const first=()=>html(said,LIMIT,location);export{LIMIT};";
    assert_eq!(minified(script), expected);
}

#[test]
fn a_local_with_the_name_of_an_import_is_something_else() {
    let script = "import { named, words as said } from \"./codes.js\";\nexport const f = (item, words) => item.map(({ book: named }) => named).concat(named(item), words, said);\n";
    let expected = "import{named,words as said}from\"./codes.js\";export const f=(e,t)=>e.map(({book:e})=>e).concat(named(e),t,said);";
    assert_eq!(minified(script), expected);
}

#[test]
fn a_name_is_used_again_where_what_has_it_is_not_used() {
    let script = "const limit = 3;\nfunction one(value) {\n  return value + limit;\n}\nfunction other(thing) {\n  return one(thing);\n}\n";
    let expected = "const e=3;function t(t){return t+e}function n(e){return t(e)}";
    assert_eq!(minified(script), expected);
}

#[test]
fn what_is_awaited_is_no_parameter() {
    let script = "async function all(pages) {\n  for await (const page of read({ pages })) {\n    const size = page;\n    add(size);\n  }\n}\nall();\n";
    let expected = "async function e(e){for await(const t of read({pages:e})){const e=t;add(e)}}e();";
    assert_eq!(minified(script), expected);
}

#[test]
fn strings_templates_and_regular_expressions_stay() {
    let script = "const f = (text) => text.replace(/[/`\"]\\/x/gu, \"text // text\") + `a ${text /* why */} \\` { text }` + 4 / text / 2;\n";
    let expected = "const e=(e)=>e.replace(/[/`\"]\\/x/gu,\"text // text\")+`a ${e} \\` { text }`+4/e/2;";
    assert_eq!(minified(script), expected);
}

#[test]
fn markup_becomes_calls() {
    let script = "const f = (x, list) => html`<p class=\"by\" aria-label=${x} hidden>${list.map((y) => html`<b>${y}</b>`)}</p>`;\n";
    let expected =
        "const e=(e,t)=>html(\"p\",{class:\"by\",\"aria-label\":e,hidden:!0},t.map((e)=>html(\"b\",null,e)));";
    assert_eq!(minified(script), expected);
}

#[test]
fn an_element_may_be_a_component_have_properties_of_an_object_and_end_at_once() {
    let script = "const f = (Part, more) => html`<${Part} ...${more} wide=a />\n<${Part}><br /><//>`;\n";
    let expected = "const e=(e,t)=>[html(e,{...t,wide:\"a\"}),html(e,null,html(\"br\"))];";
    assert_eq!(minified(script), expected);
}

#[test]
fn space_with_a_line_end_goes_beside_tags_and_values_and_other_space_stays() {
    let script =
        "const f = (x) => html`<p\n  class=${x}>\n  <b>one\n  \"two\"</b> ${x}\n  ${x} three\n</p>` + `<p>\n</p>`;\n";
    let expected =
        "const e=(e)=>html(\"p\",{class:e},html(\"b\",null,\"one\\n  \\\"two\\\"\"),\" \",e,e,\" three\")+`<p>\n</p>`;";
    assert_eq!(minified(script), expected);
}

#[test]
fn methods_and_fields_of_a_class_keep_their_names() {
    let script = "class Sheet {\n  size = 1;\n  get area() {\n    return this.size;\n  }\n  draw(size) {\n    const area = size;\n    return { draw() {}, area, size: area ? size : 0 };\n  }\n}\nnew Sheet().draw();\n";
    let expected = "class e{size=1;get area(){return this.size}draw(e){const t=e;return{draw(){},area:t,size:t?e:0}}}new e().draw();";
    assert_eq!(minified(script), expected);
}

#[test]
fn every_exported_name_stays() {
    let script = "export const a = 1, { b, c: [d] } = go();\nexport async function load() {}\nexport class Sheet {}\nconst hidden = class {\n  hidden = 1;\n};\nexport { hidden as e };\n";
    let expected = "export const a=1,{b,c:[d]}=go();export async function load(){}export class Sheet{}const hidden=class{hidden=1;};export{hidden as e};";
    assert_eq!(minified(script).replace(";}", "}"), expected.replace(";}", "}"));
}

#[test]
fn what_only_a_syntax_tree_tells_fails_the_build() {
    for script in [
        "const f = (a, b) => a++ / b;\n",
        "switch (a) {\n  case 1: {\n    step(1);\n  }\n}\n",
        "for (const a of b) try {\n  go(a);\n} catch {}\n",
        "const it = { *name() {} };\n",
        "const p = html`<p class='a b' />`;\n",
        "const p = html`<p title=\"a ${x} b\" />`;\n",
        "const p = html`<p`;\n",
        "const p = html`<!-- why --><p />`;\n",
    ] {
        assert!(std::panic::catch_unwind(|| minified(script)).is_err(), "{script}");
    }
}

#[test]
fn declarations_of_one_block_become_one() {
    let script = "export const first = 1;\nconst second = 2;\nconst third = (x) => {\n  const a = x;\n  const [b] = a;\n  go(b);\n  const c = 3;\n  for (const d of b) {\n    const e = d;\n    go(e);\n  }\n  const f = c;\n  return f;\n};\nthird(second);\n";
    let expected = "export const first=1;const e=2,t=(e)=>{const t=e,[n]=t;go(n);const a=3;for(const e of n){const t=e;go(t)}const r=a;return r};t(e);";
    assert_eq!(minified(script), expected);
}

#[test]
fn a_comma_at_the_end_of_a_list_goes_and_an_empty_place_stays() {
    let script = "go(\n  [1, 2,],\n  [, 1],\n  [,],\n  { x: 1, },\n);\nif (a) {\n  while (b);\n}\n";
    assert_eq!(minified(script), "go([1,2],[,1],[,],{x:1});if(a){while(b);}");
}

#[test]
fn numbers_and_truth_values_become_short_and_double_parentheses_go() {
    let script = "const f = (x) => go((x), ((x)), (x || true), 60_000, 0.5, [0, 10.5, false], { true: x.false }) || ((y) => (y))(x);\n";
    let expected = "const e=(e)=>go((e),(e),(e||!0),60000,.5,[0,10.5,!1],{true:e.false})||((e)=>(e))(e);";
    assert_eq!(minified(script), expected);
}

#[test]
fn what_a_function_or_a_loop_declares_ends_with_it() {
    let script = "const f = (c, x) => [c ? (x) => x.one : x, (y) => y, x];\nfor (const a of f) for (const b of a) if (b) go(a);\n  else go(b);\nfor (const [a = f] of f) go(a);\nfunction g(x) {\n  try {\n    const y = f(x);\n    return y;\n  } catch (problem) {\n    const y = problem;\n    return y + x;\n  }\n}\ng();\n";
    let expected = "const e=(e,t)=>[e?(e)=>e.one:t,(e)=>e,t];for(const t of e)for(const e of t)if(e)go(t);else go(e);for(const[t=e]of e)go(t);function t(t){try{const n=e(t);return n}catch(e){const n=e;return n+t}}t();";
    assert_eq!(minified(script), expected);
}
