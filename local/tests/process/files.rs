//! `import` and `export` as a user starts them: what they exit with, and what is there after a kill.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::{Process, Scratch};

/// A command that speaks to a library.
fn command(library: &Process, name: &str, file: &Path, flags: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_local"));
    command.arg(name).arg(file).args(["--url", &library.url]).args(flags).env_remove("CARREL_PASSWORD");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs a command. Returns the exit code, and what it said.
fn run(library: &Process, name: &str, file: &Path, flags: &[&str]) -> (Option<i32>, String) {
    said(command(library, name, file, flags).output().expect("it runs"))
}

fn said(output: Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

fn seed(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../formats/tests/files").join(name)
}

fn write(scratch: &Scratch, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
    std::fs::create_dir_all(&scratch.0).expect("a folder");
    let path = scratch.0.join(name);
    std::fs::write(&path, bytes).expect("written");
    path
}

fn table(rows: usize) -> String {
    let rows: String = (0..rows).map(|row| format!("Book {row:05},A\n")).collect();
    format!("title,author\n{rows}")
}

/// Waits until the newest import has done so many parts.
async fn parts_are_done(library: &Process, token: &str, parts: u64) -> Value {
    for _ in 0..3_000 {
        let imports = library.get("/imports", token).await;
        if imports["items"][0]["nextPart"].as_u64().unwrap_or_default() > parts {
            return imports["items"][0].clone();
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the import does not get on");
}

/// Sends SIGTERM, as Ctrl-C sends SIGINT. Returns the exit code, and what it said.
#[cfg(unix)]
fn stop(child: Child) -> (Option<i32>, String) {
    assert!(Command::new("kill").arg(child.id().to_string()).status().expect("kill runs").success());
    said(child.wait_with_output().expect("it ends"))
}

#[tokio::test]
async fn the_exit_code_says_what_became_of_a_file() {
    let (scratch, work) = (Scratch::new("exit-codes"), Scratch::new("exit-codes-files"));
    let library = Process::start(&scratch.0);
    let (code, said) = run(&library, "import", &seed("goodreads-editions.csv"), &[]);
    assert_eq!(code, Some(0), "{said}");
    let some = write(&work, "some.csv", "title,author\nOne,A\n,B\n");
    let (code, said) = run(&library, "import", &some, &[]);
    assert_eq!(code, Some(2), "{said}");
    for (file, flags) in
        [(&seed("nothing.csv"), &[][..]), (&some, &["--resume", "nothing"]), (&some, &["--email", "a@b.example"])]
    {
        let (code, said) = run(&library, "import", file, flags);
        assert!(code == Some(1) && said.starts_with("carrel: ") | said.contains("\ncarrel: "), "{code:?} {said}");
    }
    let books = work.0.join("books.csv");
    let (code, said) = run(&library, "export", &books, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(std::fs::read_to_string(&books).expect("a file").lines().count(), 5);
    assert_eq!(run(&library, "export", &work.0.join("books"), &[]).0, Some(1));
}

#[tokio::test]
async fn an_import_that_was_killed_goes_on_and_each_row_is_one_book() {
    let (scratch, work) = (Scratch::new("killed-import"), Scratch::new("killed-import-files"));
    let library = Process::start(&scratch.0);
    let token = library.login().await;
    let file = write(&work, "books.csv", table(2_600));
    let mut killed = command(&library, "import", &file, &[]).spawn().expect("it starts");
    let import = parts_are_done(&library, &token, 2).await;
    killed.kill().expect("it is killed");
    killed.wait().expect("it ends");
    assert_eq!(import["state"], "open");

    let (code, said) = run(&library, "import", &file, &[]);
    assert_eq!(code, Some(0), "{said}");
    let id = import["id"].as_str().expect("an id");
    assert!(said.contains(&format!("Import {id} goes on: ")) && said.contains("2600 rows: 2600 added"), "{said}");
    let books = work.0.join("out.csv");
    run(&library, "export", &books, &[]);
    let text = std::fs::read_to_string(&books).expect("a file");
    // The part that was being added may have been added by two requests at once, so its books may have another order than its rows.
    let titles: BTreeSet<&str> = text.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
    assert_eq!((titles.len(), text.lines().count()), (2_600, 2_601));
}

#[cfg(unix)]
#[tokio::test]
async fn an_import_that_is_stopped_says_how_it_goes_on() {
    let (scratch, work) = (Scratch::new("stopped-import"), Scratch::new("stopped-import-files"));
    let library = Process::start(&scratch.0);
    let token = library.login().await;
    let file = write(&work, "my books.csv", table(2_600));
    let child = command(&library, "import", &file, &["--format", "csv"]).spawn().expect("it starts");
    let import = parts_are_done(&library, &token, 1).await;
    let (code, said) = stop(child);
    let id = import["id"].as_str().expect("an id");
    assert_eq!(code, Some(1), "{said}");
    let goes_on = format!("import '{}' --resume {id} --format csv --url {}", file.display(), library.url);
    assert!(said.contains(&format!("It goes on with: cargo run -p local -- {goes_on}")), "{said}");
    let (code, said) = run(&library, "import", &file, &["--resume", id, "--format", "csv"]);
    assert!(code == Some(0) && said.contains("2600 rows: 2600 added"), "{said}");
    // No session of theirs stays.
    assert_eq!(library.get("/auth/sessions", &token).await["items"].as_array().map(Vec::len), Some(1));
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_unpacks_without_end_can_be_stopped() {
    let (scratch, work) = (Scratch::new("bomb"), Scratch::new("bomb-files"));
    let library = Process::start(&scratch.0);
    let token = library.login().await;
    let pack = |bytes: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(bytes).expect("packed");
        packed.finish().expect("packed")
    };
    // 16 GiB: a file of gzip may be several, one after another.
    let bomb = pack(&vec![b'x'; 64 << 20]).repeat(256);
    let file = write(&work, "bomb.csv.gz", [pack(table(501).as_bytes()), bomb].concat());
    let child = command(&library, "import", &file, &[]).spawn().expect("it starts");
    parts_are_done(&library, &token, 1).await;
    let (code, said) = stop(child);
    assert!(code == Some(1) && said.contains("It goes on with: "), "{code:?} {said}");
}
