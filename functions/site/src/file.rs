//! `GET /docs/{file}`: the files that the page loads.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use axum::response::Response;
use shared::edge::error::Result;
use shared::edge::extract::IfNoneMatch;
use shared::edge::refusals::NotFound;
use shared::edge::with_etag;
use utoipa::ToSchema;

/// A file in this binary.
struct File {
    name: &'static str,
    kind: &'static str,
    gzipped: bool,
    bytes: &'static [u8],
    tag: LazyLock<String>,
}

macro_rules! swagger_ui {
    ($name:literal) => {
        include_bytes!(concat!(env!("OUT_DIR"), "/", $name))
    };
}

static BUNDLE: &[u8] = swagger_ui!("swagger-ui-bundle.js");
static STYLES: &[u8] = swagger_ui!("swagger-ui.css");
static SCRIPT: &[u8] = include_bytes!("docs.js");

static FILES: [File; 3] = [
    File {
        name: "swagger-ui-bundle.js",
        kind: "text/javascript",
        gzipped: true,
        bytes: BUNDLE,
        tag: LazyLock::new(|| crate::tag(BUNDLE)),
    },
    File {
        name: "swagger-ui.css",
        kind: "text/css",
        gzipped: true,
        bytes: STYLES,
        tag: LazyLock::new(|| crate::tag(STYLES)),
    },
    File {
        name: "docs.js",
        kind: "text/javascript",
        gzipped: false,
        bytes: SCRIPT,
        tag: LazyLock::new(|| crate::tag(SCRIPT)),
    },
];

/// The names of the files.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it stands for its schema")]
enum Name {
    #[schema(rename = "swagger-ui-bundle.js")]
    Bundle,
    #[schema(rename = "swagger-ui.css")]
    Styles,
    #[schema(rename = "docs.js")]
    Script,
}

/// Returns a file of the documentation page: Swagger UI, or the script that configures it.
///
/// Swagger UI is always sent compressed, whatever `Accept-Encoding` says: all browsers accept gzip.
///
/// # Errors
/// 404 if there is no such file.
#[utoipa::path(get, path = "/docs/{file}", tag = "site", operation_id = "docsFile",
    params(("file" = inline(Name), Path, description = "The file's name."), IfNoneMatch),
    extensions(("x-access" = json!("public")),
        ("x-refusals" = json!([NotFound::File]))),
    responses(
        (status = 200, description = "The file.",
            content((String = "text/javascript"), (String = "text/css")),
            headers(("ETag" = String, description = "Identifies these bytes."))),
        (status = 304, description = "Not changed since the `ETag` in `If-None-Match`.")))]
pub(crate) async fn file(name: Result<Path<String>, PathRejection>, known: IfNoneMatch) -> Result<Response> {
    let file = name.ok().and_then(|Path(name)| FILES.iter().find(|file| file.name == name));
    let file = file.ok_or(NotFound::File)?;
    let headers = [(CONTENT_TYPE, file.kind), (CACHE_CONTROL, "public, max-age=300")];
    let mut response = with_etag((headers, file.bytes), &*file.tag, Some(&known));
    if file.gzipped {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}
