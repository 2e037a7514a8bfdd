//! `GET /web/-/{file}`: the files that pages load.

use std::io::Read;

use axum::extract::Path;
use axum::extract::rejection::PathRejection;
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use axum::response::{IntoResponse, Response};
use brotli_decompressor::Decompressor;
use shared::edge::error::{Error, Result};
use shared::edge::refusals::NotFound;

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// A file in this binary.
pub(crate) struct File {
    /// Its path below `web/`.
    pub(crate) path: &'static str,
    /// Its name for browsers. It contains a hash of the bytes.
    pub(crate) name: &'static str,
    media_type: &'static str,
    is_brotli: bool,
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
/// It is sent with Brotli to whoever accepts it, as browsers do over HTTPS. Others get the plain file.
///
/// # Errors
/// 404 if there is no such file. Nothing keeps this answer: an instance of the next version may have the file.
pub(crate) async fn file(name: Result<Path<String>, PathRejection>, headers: HeaderMap) -> Result<Response> {
    let file = name.ok().and_then(|Path(name)| FILES.iter().find(|file| file.name == name));
    let file = file.ok_or(NotFound::File)?;
    let kept = [(CONTENT_TYPE, file.media_type), (CACHE_CONTROL, "public, max-age=31536000, immutable")];
    if !file.is_brotli {
        return Ok((kept, file.bytes).into_response());
    }
    let varies = (VARY, "accept-encoding");
    if accepts_brotli(&headers) {
        return Ok((kept, [varies, (CONTENT_ENCODING, "br")], file.bytes).into_response());
    }
    let mut plain = Vec::new();
    let read = Decompressor::new(file.bytes, 4_096).read_to_end(&mut plain);
    read.map_err(|problem| Error::Internal(problem.into()))?;
    Ok((kept, [varies], plain).into_response())
}

/// Returns whether `Accept-Encoding` names `br`, with another weight than 0 (RFC 9110, section 12.5.3).
fn accepts_brotli(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let weight = weight.trim().trim_start_matches(['q', 'Q']).trim_start_matches('=');
        name.trim().eq_ignore_ascii_case("br") && weight.parse::<f32>().is_ok_and(|weight| weight > 0.0)
    })
}
