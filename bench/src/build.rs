//! Builds the bootstraps that are measured, and the zips that ship.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::bootstrap::Failure;

/// The binaries that were built for release.
pub(crate) struct Built {
    /// The folder of the bootstraps for this machine.
    run: PathBuf,
    /// The folder of the bootstraps for Lambda, if cargo-lambda is installed.
    ship: Option<PathBuf>,
    /// The platform of the zips.
    pub(crate) ships_for: &'static str,
}

impl Built {
    /// Builds the functions and the baseline, for this machine and for Lambda.
    ///
    /// # Errors
    /// If cargo fails.
    pub(crate) fn with_cargo() -> Result<Self, Failure> {
        let target = &target()?;
        cargo(target, &["build", "--release", "--locked"], &[])?;
        let has_lambda = Command::new("cargo-lambda").args(["lambda", "--version"]).stdout(Stdio::null()).status();
        if !has_lambda.is_ok_and(|status| status.success()) {
            return Ok(Built {
                run: target.join("release"),
                ship: None,
                ships_for: "this machine: there is no cargo-lambda",
            });
        }
        cargo(target, &["lambda", "build", "--release", "--arm64", "--locked"], &[])?;
        Ok(Built { run: target.join("release"), ship: Some(target.join("lambda")), ships_for: "arm64" })
    }

    /// Builds the functions for this machine, with trust in the root that `TEST_ROOT` names, and the baseline.
    ///
    /// # Errors
    /// If cargo fails.
    pub(crate) fn that_trust_a_test_root() -> Result<Self, Failure> {
        // A folder of its own: nothing that trusts another root is ever where releases are.
        let target = target()?.join("test-root");
        cargo(&target, &["build", "--release", "--locked"], &["--features", "shared/test-root"])?;
        Ok(Built { run: target.join("release"), ship: None, ships_for: "nobody" })
    }

    /// Returns the path of a function's bootstrap for this machine.
    pub(crate) fn bootstrap(&self, function: &str) -> PathBuf {
        self.run.join(function)
    }

    /// Returns the size of a function's zip in bytes. It is compressed as the SAM CLI does it, with the level of
    /// Python's zipfile.
    ///
    /// # Errors
    /// If the bootstrap does not exist.
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

/// The folder of what cargo builds: this program is target/debug/bench.
fn target() -> Result<PathBuf, Failure> {
    let program = std::env::current_exe()?;
    Ok(program.ancestors().nth(2).ok_or("this program is in no target folder")?.to_owned())
}

/// Runs cargo for the functions, with these features, and then for the baseline. In one build, the baseline's dependencies would get
/// the features that our functions need.
fn cargo(target: &Path, words: &[&str], features: &[&str]) -> Result<(), Failure> {
    for package in [features, &["--package", "hello"]] {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into()));
        cargo.args(words).args(package).env("CARGO_TARGET_DIR", target).current_dir(root());
        // Some build scripts depend on the variables that cargo has set for this program, and would run again.
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

/// Returns the folder of the workspace.
pub(crate) fn root() -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), ".."].iter().collect()
}
