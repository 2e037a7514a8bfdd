//! `cargo run -p local -- import --undo IMPORT_ID`. The library does a part of the work in each call, so the same command goes on
//! where it was stopped.

use std::io::Write;

use indicatif::{ProgressBar, ProgressStyle};
use tokio::time::sleep;

use super::library::{Kept, Undo};
use super::{Importer, write};
use crate::client::{plain, tell_pause};

/// How the bar looks.
const BAR: &str = "  {bar:30} {pos} of {len}";

impl Importer {
    /// Takes the books or members of an import out of the library again, and writes what became of them to `out`. Returns whether all are out.
    ///
    /// # Errors
    /// A line that says why it is not at its end. What was taken out stays out.
    pub async fn undo(&mut self, id: &str, out: &mut impl Write) -> Result<bool, String> {
        let bar = ProgressBar::no_length();
        if let Ok(style) = ProgressStyle::with_template(BAR) {
            bar.set_style(style);
        }
        loop {
            let (import, wait) = self.library.undo(id, &bar).await?;
            let Undo { removed, restored, kept } = import.undo.unwrap_or_default();
            let stay = kept.reserved + kept.changed + kept.signed_in;
            bar.set_length((import.added + import.updated).max(removed + restored + stay));
            bar.set_position(removed + restored + stay);
            if import.is_undone() {
                bar.finish_and_clear();
                let what = if import.has_members() { "members" } else { "books" };
                write(out, &format!("{removed} {what} of the import {} were taken out again.", plain(&import.id)))?;
                if restored > 0 {
                    write(out, &format!("{restored} books that it had changed are as they were before."))?;
                }
                if stay > 0 {
                    write(out, &format!("{stay} stay: {}.", why(kept, import.has_members())))?;
                }
                return Ok(stay == 0);
            }
            if let Some(wait) = wait {
                tell_pause(&bar, "A part of the import may still be coming in", wait);
                sleep(wait).await;
            }
        }
    }
}

/// Says why some stay.
fn why(Kept { reserved, changed, signed_in }: Kept, are_members: bool) -> String {
    if are_members {
        format!("{signed_in} have chosen a password or got a role, and {reserved} have reserved or borrowed a book")
    } else {
        format!("somebody has reserved or borrowed {reserved} of them, and changed {changed}")
    }
}
