//! The bootstraps that are measured, and the zips that ship.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::bootstrap::Failure;

/// What was built for release.
pub(crate) struct Built {
    /// Bootstraps for this machine, by function.
    run: PathBuf,
    /// Bootstraps for Lambda's, by function, where they can be made here.
    ship: Option<PathBuf>,
    /// What the zips are for.
    pub(crate) ships_for: &'static str,
}

impl Built {
    /// Builds the functions and the yardstick, for this machine and for Lambda's.
    ///
    /// # Errors
    /// Where cargo fails.
    pub(crate) fn with_cargo() -> Result<Self, Failure> {
        // target/debug/bench
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).ok_or("this program is in no target folder")?;
        cargo(target, &["build", "--release", "--locked"])?;
        let has_lambda = Command::new("cargo-lambda").args(["lambda", "--version"]).stdout(Stdio::null()).status();
        if !has_lambda.is_ok_and(|status| status.success()) {
            return Ok(Built {
                run: target.join("release"),
                ship: None,
                ships_for: "this machine: there is no cargo-lambda",
            });
        }
        cargo(target, &["lambda", "build", "--release", "--arm64", "--locked"])?;
        Ok(Built { run: target.join("release"), ship: Some(target.join("lambda")), ships_for: "arm64" })
    }

    /// The bootstrap of a function, for this machine.
    pub(crate) fn bootstrap(&self, function: &str) -> PathBuf {
        self.run.join(function)
    }

    /// The size of a function's zip, in bytes: made as the SAM CLI does it, with Python's zipfile.
    ///
    /// # Errors
    /// Where the bootstrap is not there.
    pub(crate) fn zip(&self, function: &str) -> Result<usize, Failure> {
        let bootstrap = match &self.ship {
            Some(folder) => folder.join(function).join("bootstrap"),
            None => self.bootstrap(function),
        };
        let bytes = fs::read(&bootstrap).map_err(|problem| format!("{}: {problem}", bootstrap.display()))?;
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        zip.start_file("bootstrap", options.compression_level(Some(6)))?;
        zip.write_all(&bytes)?;
        Ok(zip.finish()?.into_inner().len())
    }
}

/// Has cargo build what ships, and the yardstick: apart from each other, or that one would get the features that our
/// functions need.
fn cargo(target: &Path, words: &[&str]) -> Result<(), Failure> {
    for package in [&[][..], &["--package", "hello"]] {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo.args(words).args(package).env("CARGO_TARGET_DIR", target).current_dir(root());
        // What cargo told this program about itself some build scripts look at, and would run again for.
        let of_this_one = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(of_this_one)) {
            cargo.env_remove(name);
        }
        if !cargo.status()?.success() {
            return Err(format!("cargo {} failed", words.join(" ")).into());
        }
    }
    Ok(())
}

/// The workspace.
pub(crate) fn root() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), ".."].iter().collect()
}
