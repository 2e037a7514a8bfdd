//! The router table of `cargo lambda watch`: `[workspace.metadata.lambda.watch.router]` of the root Cargo.toml, generated from
//! the template's routes.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Result;
use crate::template::Template;

/// The head of the table in Cargo.toml. Everything after it is generated.
pub const HEADING: &str = "[workspace.metadata.lambda.watch.router]";

/// Returns the table with its heading: which function answers, by path, with the stage in front. A function refuses the
/// methods that it has no route for, so a path of one function needs no methods.
///
/// # Errors
/// If the template cannot be read.
pub fn router() -> Result<String> {
    let template = Template::embedded()?;
    let mut paths: Vec<&str> = template.routes.iter().map(|route| route.path.as_str()).collect();
    paths.sort_unstable();
    paths.dedup();
    let mut table = format!("{HEADING}\n");
    for path in paths {
        let routes = template.routes.iter().filter(|route| route.path == path);
        let methods: BTreeMap<_, _> = routes.map(|route| (&route.method, &route.binary)).collect();
        // `{page+}` of API Gateway is `{*page}` of cargo-lambda's router.
        let pattern = match path.strip_suffix("+}").and_then(|path| path.rsplit_once('{')) {
            Some((before, name)) => format!("{before}{{*{name}}}"),
            None => path.to_owned(),
        };
        let quoted = format!("\"/{}{pattern}\"", template.api.stage);
        let functions: BTreeSet<_> = methods.values().collect();
        match Vec::from_iter(functions)[..] {
            [function] => table += &format!("{quoted} = \"{function}\"\n"),
            _ => {
                let line =
                    |(method, function)| format!("    {{ method = \"{method}\", function = \"{function}\" }},\n");
                table += &format!("{quoted} = [\n{}]\n", methods.iter().map(line).collect::<String>());
            }
        }
    }
    Ok(table)
}

/// Returns `manifest`, the text of the root Cargo.toml, with the table replaced.
///
/// # Errors
/// If the template cannot be read.
pub fn updated(manifest: &str) -> Result<String> {
    let before = manifest.split_once(HEADING).map_or(manifest, |(before, _)| before);
    Ok(before.to_owned() + &router()?)
}
