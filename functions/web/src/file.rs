//! `GET /web/-/{file}`: the files that pages load.

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use shared::edge::error::Result;
use shared::edge::refusals::NotFound;

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// A file in this binary.
pub(crate) struct File {
    /// Its path below `web/`.
    pub(crate) path: &'static str,
    /// Its name for browsers. It contains a hash of the bytes.
    pub(crate) name: &'static str,
    media_type: &'static str,
    is_gzip: bool,
    /// The names of all modules that it needs before it can run.
    pub(crate) imports: &'static [&'static str],
    bytes: &'static [u8],
}

impl File {
    /// Returns the file with that path below `web/`.
    ///
    /// # Panics
    /// If there is no such file. A test requests every file that a page names.
    pub(crate) fn at(path: &str) -> &'static File {
        FILES.iter().find(|file| file.path == path).unwrap_or_else(|| panic!("there is no web/{path}"))
    }
}

/// Returns a file. A name is never used again for other bytes, so a browser may keep it for ever.
///
/// It is always sent compressed, whatever `Accept-Encoding` says: all browsers accept gzip.
///
/// # Errors
/// 404 if there is no such file. Nothing keeps this answer: an instance of the next version may have the file.
pub(crate) async fn file(name: Result<Path<String>, PathRejection>) -> Result<Response> {
    let file = name.ok().and_then(|Path(name)| FILES.iter().find(|file| file.name == name));
    let file = file.ok_or(NotFound::File)?;
    let headers = [(CONTENT_TYPE, file.media_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    let mut response = (headers, file.bytes).into_response();
    if file.is_gzip {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    Ok(response)
}
