//! Extracts the two files of Swagger UI that the page needs from the archive in `utoipa-swagger-ui-vendored`.
//!
//! The archive stores each file as a deflate stream (RFC 1951). Gzip is the same stream between a header and a trailer
//! (RFC 1952), so the files are converted to gzip without decompression.

use std::error::Error;
use std::io::{Cursor, Read, Seek};
use std::path::Path;
use std::{env, fs};

use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::{CompressionMethod, ZipArchive};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = env::var("OUT_DIR")?;
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    for name in ["swagger-ui-bundle.js", "swagger-ui.css"] {
        fs::write(Path::new(&out).join(name), gzip(&mut archive, &format!("/dist/{name}"))?)?;
    }
    Ok(())
}

/// Returns the file of the archive whose path ends with `path`, as gzip.
fn gzip(archive: &mut ZipArchive<impl Read + Seek>, path: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let is_it = |index: &_| matches!(archive.name_for_index(*index), Some(Ok(name)) if name.ends_with(path));
    let index = (0..archive.len()).find(is_it);
    let mut file = archive.by_index_raw(index.ok_or_else(|| format!("Swagger UI has no {path}"))?)?;
    if file.compression() != CompressionMethod::DEFLATE {
        return Err(format!("{path} is not deflated").into());
    }
    // The header: deflate, no flags, no time, an unknown system.
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    file.read_to_end(&mut bytes)?;
    bytes.extend(file.crc32().to_le_bytes());
    bytes.extend(u32::try_from(file.size())?.to_le_bytes());
    Ok(bytes)
}
