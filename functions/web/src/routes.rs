//! The pages of the site.

use shared::values::BookId;

/// A page of the site.
#[derive(Debug)]
pub struct Page {
    /// Its path. `:id` stands for a book's id.
    pub path: &'static str,
    /// The module that shows it, below `web/`.
    pub module: &'static str,
    kind: Kind,
}

/// Who a page is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Everybody, search engines included.
    Public,
    /// A reader: nothing of it is for search engines.
    Private,
    /// Whoever has a letter: its link has a token, so nothing keeps the page.
    Letter,
    /// A book of the catalogue.
    Book,
    /// An old book.
    OldBook,
}

/// Every page. A test compares them with those of `web/shell/router.js`.
pub const PAGES: [Page; 29] = [
    Page { path: "/", module: "pages/home.js", kind: Kind::Public },
    // Each query would be a page of its own.
    Page { path: "/search", module: "pages/search.js", kind: Kind::Private },
    Page { path: "/books/new", module: "pages/book-form.js", kind: Kind::Private },
    Page { path: "/books/:id", module: "pages/book.js", kind: Kind::Book },
    Page { path: "/books/:id/edit", module: "pages/book-form.js", kind: Kind::Private },
    Page { path: "/sign-in", module: "pages/sign-in.js", kind: Kind::Private },
    Page { path: "/sign-up", module: "pages/sign-up.js", kind: Kind::Private },
    Page { path: "/reset-password", module: "pages/reset-password.js", kind: Kind::Letter },
    Page { path: "/verify-email", module: "pages/verify-email.js", kind: Kind::Letter },
    Page { path: "/letters", module: "pages/letters.js", kind: Kind::Letter },
    Page { path: "/me", module: "pages/me.js", kind: Kind::Private },
    Page { path: "/account", module: "pages/account.js", kind: Kind::Private },
    Page { path: "/old-books", module: "pages/old-books.js", kind: Kind::Public },
    Page { path: "/old-books/:id", module: "pages/old-book.js", kind: Kind::OldBook },
    Page { path: "/about", module: "pages/about.js", kind: Kind::Public },
    Page { path: "/desk", module: "pages/desk/desk.js", kind: Kind::Private },
    Page { path: "/readers", module: "pages/desk/readers.js", kind: Kind::Private },
    Page { path: "/readers/new", module: "pages/desk/new-reader.js", kind: Kind::Private },
    Page { path: "/readers/:id", module: "pages/desk/record.js", kind: Kind::Private },
    Page { path: "/lists/ready", module: "pages/desk/lists.js", kind: Kind::Private },
    Page { path: "/lists/overdue", module: "pages/desk/lists.js", kind: Kind::Private },
    Page { path: "/lists/today", module: "pages/desk/lists.js", kind: Kind::Private },
    Page { path: "/live", module: "pages/desk/live.js", kind: Kind::Private },
    Page { path: "/activity", module: "pages/desk/activity.js", kind: Kind::Private },
    Page { path: "/print", module: "pages/desk/print.js", kind: Kind::Private },
    Page { path: "/rules", module: "pages/desk/rules.js", kind: Kind::Private },
    Page { path: "/import", module: "pages/files/import.js", kind: Kind::Private },
    Page { path: "/import/earlier", module: "pages/files/earlier.js", kind: Kind::Private },
    Page { path: "/export", module: "pages/files/export.js", kind: Kind::Private },
];

impl Page {
    /// Returns the page at a path, and the book that the path names.
    pub(crate) fn at(path: &str) -> Option<(&'static Page, Option<BookId>)> {
        PAGES.iter().find_map(|page| Some((page, page.book(path)?)))
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the book that a path of this page names. `None` if it is no path of this page.
    fn book(&self, path: &str) -> Option<Option<BookId>> {
        let (mut wanted, mut given, mut book) = (self.path.split('/'), path.split('/'), None);
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(book),
                (Some(":id"), Some(id)) => book = Some(id.parse().ok()?),
                (Some(wanted), Some(given)) if wanted == given => {}
                _ => return None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn a_path_is_that_of_one_page() {
        let id = "0192f3a4-5b6c-7d8e-9f01-23456789abcd";
        let page = |path: &str| Page::at(path).map(|(page, book)| (page.path, book.is_some()));
        assert_eq!(page("/"), Some(("/", false)));
        assert_eq!(page("/books/new"), Some(("/books/new", false)));
        assert_eq!(page(&format!("/books/{id}")), Some(("/books/:id", true)));
        assert_eq!(page(&format!("/books/{id}/edit")), Some(("/books/:id/edit", true)));
        for unknown in ["", "/books", "/books/kindred", "/books//edit", "/me/books", "/index.html", "/v1/books"] {
            assert_eq!(page(unknown), None, "{unknown}");
        }
    }
}
