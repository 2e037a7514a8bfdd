//! Makes the files below `web/` ready to be served.
//!
//! A file's name gets a hash of its bytes: `shell/ui.js` becomes `ui-0a1b2c3d.js`. So a browser may keep a file for ever, and a page
//! never loads a file of another version. Files name each other, so those that a file names get their names first; then the file
//! is rewritten, and its own name depends on all that it loads. Scripts are minified, and what compresses is compressed.
//!
//! The modules that every page loads are joined to one file, with the libraries that they use: it is smaller than its parts, and a
//! function is asked once.
//!
//! A file names another one by `from "../shell/ui.js"`, `import "…"`, `import("…")` or `new URL("…")` in a script, and by `url(…)` in a
//! style sheet.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use brotli::enc::BrotliEncoderParams;
use sha2::{Digest, Sha256};

#[path = "build/markup.rs"]
mod markup;
#[path = "build/minify.rs"]
mod minify;
#[path = "build/scopes.rs"]
mod scopes;
#[path = "build/tokens.rs"]
mod tokens;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=web");
    let mut site = Site::default();
    site.read(Path::new("web"), "")?;
    site.join("shell/main.js")?;
    let sources: Vec<_> = site.sources.keys().cloned().collect();
    for source in &sources {
        site.name(source, &mut Vec::new())?;
    }
    site.write(Path::new(&env::var("OUT_DIR")?))
}

/// The kinds of files that are served: the end of the name, the media type, and whether it compresses.
const KINDS: [(&str, &str, bool); 6] = [
    ("css", "text/css; charset=utf-8", true),
    ("js", "text/javascript; charset=utf-8", true),
    ("png", "image/png", false),
    ("svg", "image/svg+xml", true),
    ("txt", "text/plain; charset=utf-8", true),
    ("woff2", "font/woff2", false),
];

#[derive(Default)]
struct Site {
    /// The files as they are written, by path: `shell/ui.js`.
    sources: BTreeMap<String, Vec<u8>>,
    /// The modules that are parts of [`JOINED`].
    joined: BTreeSet<String>,
    /// The libraries at the start of [`JOINED`]. They are minified already.
    libraries: String,
    /// The files as they are served, by path.
    files: BTreeMap<String, File>,
}

/// The file that the modules of the shell are joined to.
const JOINED: &str = "shell/shell.js";

struct File {
    name: String,
    bytes: Vec<u8>,
    /// The paths of the modules that it imports at once, and of those that they import.
    imports: Vec<String>,
}

/// What a module imports of another one.
struct Import {
    path: String,
    names: Vec<String>,
}

/// A place in a file that names another file.
struct Reference {
    start: usize,
    end: usize,
    path: String,
    /// Whether a script needs it before it can run.
    is_static: bool,
}

impl Site {
    fn read(&mut self, folder: &Path, path: &str) -> Result<()> {
        for entry in fs::read_dir(folder.join(path))? {
            let entry = entry?;
            let name = entry.file_name().into_string().map_err(|name| format!("{name:?} is not UTF-8"))?;
            let path = if path.is_empty() { name } else { format!("{path}/{name}") };
            if entry.file_type()?.is_dir() {
                self.read(folder, &path)?;
            } else if kind(&path).is_some() {
                self.sources.insert(path.clone(), fs::read(folder.join(&path))?);
            } else if ![".md", ".d.ts"].iter().any(|for_readers| path.ends_with(for_readers)) {
                return Err(format!("web/{path}: build.rs knows no such kind of file").into());
            }
        }
        Ok(())
    }

    /// Joins the modules of the shell that a module imports. Pages import them too, so the module itself stays apart: it imports pages.
    ///
    /// The modules become one scope: no two may declare the same name. Their imports of each other go, those of other files are merged.
    fn join(&mut self, module: &str) -> Result<()> {
        let (mut imports, mut code) = (BTreeMap::<String, BTreeSet<String>>::new(), String::new());
        for import in self.imports(module)?.0 {
            self.join_one(&import.path, &mut imports, &mut code)?;
        }
        let mut script = String::new();
        for (path, names) in imports {
            if path.starts_with("vendor/") {
                let source = self.sources.remove(&path).ok_or_else(|| format!("there is no web/{path}"))?;
                self.libraries += &library(&path, str::from_utf8(&source)?, &code)?;
                self.joined.insert(path);
                continue;
            }
            writeln!(script, "import {{ {} }} from \"../{path}\";", names.into_iter().collect::<Vec<_>>().join(", "))?;
        }
        self.sources.insert(JOINED.to_owned(), (script + &code).into_bytes());
        Ok(())
    }

    fn join_one(
        &mut self,
        path: &str,
        imports: &mut BTreeMap<String, BTreeSet<String>>,
        code: &mut String,
    ) -> Result<()> {
        if !path.starts_with("shell/") || !self.joined.insert(path.to_owned()) {
            return Ok(());
        }
        let (own_imports, own_code) = self.imports(path)?;
        for import in own_imports {
            if import.path.starts_with("shell/") {
                self.join_one(&import.path, imports, code)?;
            } else {
                imports.entry(import.path).or_default().extend(import.names);
            }
        }
        code.push_str(&own_code);
        self.sources.remove(path);
        Ok(())
    }

    /// Splits a script into its imports and the rest.
    fn imports(&self, path: &str) -> Result<(Vec<Import>, String)> {
        let source = self.sources.get(path).ok_or_else(|| format!("there is no web/{path}"))?;
        let script = without_comments(str::from_utf8(source)?);
        let (mut imports, mut rest) = (Vec::new(), script.as_str());
        while let Some(statement) = rest.strip_prefix("import ") {
            let (import, after) =
                statement.split_once(";\n").ok_or_else(|| format!("web/{path}: an import has no end"))?;
            let (names, from) = import.split_once(" from ").ok_or_else(|| format!("web/{path}: {import}"))?;
            let names = match names.strip_prefix('{') {
                Some(names) => names
                    .trim_end_matches('}')
                    .split(',')
                    .map(|name| name.trim().to_owned())
                    .filter(|name| !name.is_empty())
                    .collect(),
                None => vec![format!("default as {names}")],
            };
            imports.push(Import { path: resolved(path, from.trim_matches('"')), names });
            rest = after;
        }
        Ok((imports, rest.to_owned()))
    }

    /// Rewrites a file and names it, after those that it names.
    fn name(&mut self, path: &str, above: &mut Vec<String>) -> Result<()> {
        if self.files.contains_key(path) {
            return Ok(());
        }
        if above.iter().any(|other| other == path) {
            return Err(format!("{} → {path}: these files name each other in a circle", above.join(" → ")).into());
        }
        let bytes = self.sources.get(path).ok_or_else(|| format!("{above:?}: there is no web/{path}"))?.clone();
        let is_text = path.ends_with(".js") || path.ends_with(".css");
        let text = if is_text { String::from_utf8(bytes.clone())? } else { String::new() };
        let mut text = if path.ends_with(".js") { without_comments(&text) } else { text };
        let references = references(path, &text)?;
        let mut imports: Vec<String> = Vec::new();
        above.push(path.to_owned());
        for reference in references.iter().rev() {
            let named = if self.joined.contains(&reference.path) { JOINED } else { &reference.path };
            self.name(named, above)?;
            let file = &self.files[named];
            text.replace_range(reference.start..reference.end, &format!("./{}", file.name));
            if reference.is_static {
                imports.extend([named.to_owned()].into_iter().chain(file.imports.iter().cloned()));
            }
        }
        above.pop();
        imports.sort();
        imports.dedup();
        if path.ends_with(".js") {
            text = with_one_import_a_file(&minify::minified(&text));
        }
        if path == JOINED {
            text.insert_str(0, &self.libraries);
        }
        let bytes = if is_text { text.into_bytes() } else { bytes };
        let name = with_hash(path, &bytes);
        if let Some((other, _)) = self.files.iter().find(|(_, file)| file.name == name) {
            return Err(format!("web/{path} and web/{other} would have the same name").into());
        }
        self.files.insert(path.to_owned(), File { name, bytes, imports });
        Ok(())
    }

    /// Writes the files and their table.
    fn write(&self, folder: &Path) -> Result<()> {
        let mut table = format!("pub(crate) static FILES: [File; {}] = [\n", self.files.len());
        for (path, File { name, bytes, imports }) in &self.files {
            let (_, media_type, compresses) = kind(path).ok_or("it was read")?;
            let bytes = if compresses { compressed(bytes)? } else { bytes.clone() };
            fs::write(folder.join(name), bytes)?;
            let imports: Vec<_> = imports.iter().map(|import| &self.files[import].name).collect();
            writeln!(
                table,
                "    File {{ path: {path:?}, name: {name:?}, media_type: {media_type:?}, is_brotli: {compresses}, \
                 imports: &{imports:?}, bytes: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{name}\")) }},"
            )?;
        }
        fs::write(folder.join("files.rs"), table + "];\n")?;
        Ok(())
    }
}

fn kind(path: &str) -> Option<(&'static str, &'static str, bool)> {
    let (_, ending) = path.rsplit_once('.')?;
    KINDS.into_iter().find(|(kind, ..)| *kind == ending)
}

/// Returns the name of a file: `shell/ui.js` → `ui-0a1b2c3d.js`.
fn with_hash(path: &str, bytes: &[u8]) -> String {
    let (_, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
    let hash: String = Sha256::digest(bytes).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{stem}-{hash}.{ending}")
}

/// Compresses as well as Brotli can: a file is compressed once, and sent for years.
fn compressed(mut bytes: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut bytes, &mut compressed, &BrotliEncoderParams::default())?;
    Ok(compressed)
}

/// Returns a library as a part of a larger script: its own names stay inside a function, and the script exports what it exports,
/// but for what its code exports already.
fn library(path: &str, source: &str, code: &str) -> Result<String> {
    let parts = source.trim_end().trim_end_matches("};").rsplit_once("export{");
    let (body, exports) = parts.ok_or_else(|| format!("web/{path} does not end with its exports"))?;
    let exports: Vec<_> =
        exports.split(',').map(|export| export.split_once(" as ").unwrap_or((export, export))).collect();
    let names = exports.iter().map(|(_, name)| *name);
    let others: Vec<_> = names.clone().filter(|name| !code.contains(&format!("export {{ {name} }}"))).collect();
    let (names, others) = (names.collect::<Vec<_>>().join(","), others.join(","));
    let values: Vec<_> = exports.iter().map(|(own, name)| format!("{name}:{own}")).collect();
    Ok(format!("const{{{names}}}=(()=>{{{body}return{{{}}}}})();export{{{others}}};", values.join(",")))
}

/// Merges what a minified script imports of the same file: its modules may be joined to one.
fn with_one_import_a_file(script: &str) -> String {
    let (mut files, mut others, mut rest) = (Vec::<(&str, String)>::new(), String::new(), script);
    while rest.starts_with("import{") || rest.starts_with("import ") {
        let Some((statement, after)) = rest.split_once(';') else { break };
        rest = after;
        match statement.strip_prefix("import{").and_then(|import| import.split_once("}from")) {
            None => others.extend([statement, ";"]),
            Some((names, file)) => match files.iter_mut().find(|(other, _)| *other == file) {
                Some((_, all)) => all.extend([",", names.trim_end_matches(',')]),
                None => files.push((file, names.trim_end_matches(',').to_owned())),
            },
        }
    }
    let imports: String = files.into_iter().map(|(file, names)| format!("import{{{names}}}from{file};")).collect();
    imports + &others + rest
}

/// Removes what a script's readers need and browsers do not: comments (`/** … */`, and lines that begin with `//`) and indentation.
fn without_comments(script: &str) -> String {
    let mut code = String::with_capacity(script.len());
    let mut rest = script;
    while let Some((before, after)) = rest.split_once("/**") {
        code.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    let lines = code.lines().map(str::trim_start).filter(|line| !line.starts_with("//") && !line.is_empty());
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// Finds what a file names, in the order of the text.
fn references(path: &str, text: &str) -> Result<Vec<Reference>> {
    let marks: &[(&str, char, bool)] = if path.ends_with(".js") {
        &[("from \"", '"', true), ("import \"", '"', true), ("import(\"", '"', false), ("new URL(\"", '"', false)]
    } else if path.ends_with(".css") {
        &[("url(", ')', false)]
    } else {
        &[]
    };
    let mut found = Vec::new();
    for &(mark, end, is_static) in marks {
        for (at, _) in text.match_indices(mark) {
            let start = at + mark.len();
            let length = text[start..].find(end).ok_or_else(|| format!("web/{path}: {mark} has no end"))?;
            let named = &text[start..start + length];
            if named.starts_with('.') {
                found.push(Reference { start, end: start + length, path: resolved(path, named), is_static });
            } else if mark == "url(" {
                return Err(format!("web/{path}: url({named}) should be relative, without quotes").into());
            }
        }
    }
    found.sort_by_key(|reference| reference.start);
    Ok(found)
}

/// Returns the path of what a file names: `shell/main.js` and `../pages/book.js` → `pages/book.js`.
fn resolved(path: &str, named: &str) -> String {
    let mut parts: Vec<_> = path.split('/').collect();
    parts.pop();
    for part in named.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}
