//! The contract (OpenAPI) of a route table. It consists of each handler's `#[utoipa::path]`, the refusals of its
//! extractors and of the edge, and its security requirements.

use serde_json::{Value, json};
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, SecurityRequirement};
use utoipa_axum::router::UtoipaMethodRouter;

use crate::edge::refusals::{ALL, Forbidden, Invalid, Refusal};
use crate::edge::routes::Routes;

/// The extension that says who may call an operation. [`security`] has its values.
const ACCESS: &str = "x-access";

/// The extension with the codes of the refusals that a handler lists itself. It is not published.
const REFUSALS: &str = "x-refusals";

/// The extension with the codes of all refusals of an operation.
const CODES: &str = "x-codes";

/// The parts from which an operation's contract is generated.
pub(crate) struct Described<S> {
    pub(crate) describe: Option<fn() -> UtoipaMethodRouter<S>>,
    pub(crate) refusals: fn() -> Vec<Refusal>,
    /// A second path of the operation, which is a POST.
    pub(crate) alias: Option<String>,
}

impl<S> Default for Described<S> {
    fn default() -> Self {
        Described { describe: None, refusals: Vec::new, alias: None }
    }
}

impl<S> Routes<S> {
    /// Returns the contract.
    ///
    /// # Panics
    /// If a handler lists an unknown refusal or an unknown access.
    pub fn openapi(&self) -> OpenApi {
        let mut contract = OpenApi::default();
        for operation in &self.described {
            let Some(describe) = operation.describe else { continue };
            let (schemas, paths, _) = describe();
            for (path, mut item) in paths.paths {
                complete(&mut item, &(operation.refusals)());
                let path = match &operation.alias {
                    Some(alias) => {
                        rename(&mut item, alias, &path);
                        alias.clone()
                    }
                    None => path,
                };
                contract.paths.paths.entry(path).or_default().merge_operations(item);
            }
            contract.components.get_or_insert_default().schemas.extend(schemas);
        }
        contract
    }
}

fn complete(item: &mut PathItem, of_extractors: &[Refusal]) {
    let safe = [&mut item.get, &mut item.head];
    safe.into_iter().flatten().for_each(|operation| finish(operation, of_extractors, &[]));
    let forgery = [Forbidden::ForeignOrigin.refusal()];
    let unsafe_ones = [&mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
    unsafe_ones.into_iter().flatten().for_each(|operation| finish(operation, of_extractors, &forgery));
}

fn finish(operation: &mut Operation, of_extractors: &[Refusal], of_edge: &[Refusal]) {
    let extensions = operation.extensions.get_or_insert_default();
    let access = extensions.get(ACCESS).and_then(Value::as_str).unwrap_or_default().to_owned();
    let own = extensions.remove(REFUSALS).unwrap_or(json!([]));
    let own: Vec<_> = own.as_array().into_iter().flatten().filter_map(Value::as_str).map(by_code).collect();

    // Every operation refuses unknown query parameters.
    let mut refusals = vec![Invalid::Input.refusal()];
    if access == "admin" {
        refusals.push(Forbidden::LibrariansOnly.refusal());
    }
    if access == "desk" {
        refusals.push(Forbidden::DeskOnly.refusal());
    }
    refusals.extend(own.iter().chain(of_extractors).chain(of_edge));

    let mut codes: Vec<_> = refusals.iter().map(|refusal| refusal.code).collect();
    codes.sort_unstable();
    codes.dedup();
    extensions.insert(CODES.to_owned(), json!(codes));
    operation.security = Some(security(&access));
    for refusal in refusals {
        let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new().description(refusal.kind.description);
        let response = response.content("application/problem+json", problem).build();
        let responses = &mut operation.responses.responses;
        responses.entry(refusal.kind.status.as_str().to_owned()).or_insert(response.into());
    }
}

fn by_code(code: &str) -> Refusal {
    *ALL.iter().find(|refusal| refusal.code == code).unwrap_or_else(|| panic!("no refusal has the code {code:?}"))
}

/// Returns the security requirements of an operation: a token in a header or in a cookie, or none.
fn security(access: &str) -> Vec<SecurityRequirement> {
    let signed_in = ["bearer", "cookie"].map(|scheme| SecurityRequirement::new(scheme, [""; 0]));
    let anonymous = SecurityRequirement::default();
    match access {
        "public" => vec![anonymous],
        "reader" => [anonymous].into_iter().chain(signed_in).collect(),
        "user" | "writer" | "owner" | "private" | "desk" | "admin" => signed_in.into(),
        _ => panic!("{access:?} is not a value of {ACCESS}"),
    }
}

/// Gives an alias of the operation at `path` an id and a summary of its own.
fn rename(item: &mut PathItem, alias: &str, path: &str) {
    if let Some(operation) = &mut item.post {
        operation.operation_id = operation.operation_id.as_ref().map(|id| format!("{id}{}Alias", folder(alias, path)));
        operation.summary = Some(format!("The same as `{path}`."));
    }
}

/// Returns the folder of an alias, if the operation is in another one: two aliases of it need two ids.
fn folder(alias: &str, path: &str) -> String {
    let first = |path: &str| path[1..].split_once('/').map(|(folder, _)| folder.to_owned());
    let Some(folder) = first(alias).filter(|folder| first(path).as_ref() != Some(folder)) else { return String::new() };
    folder[..1].to_uppercase() + &folder[1..]
}
