//! Turns the markup of a script into calls: html`<p class="by">${author}</p>` becomes `html("p",{class:"by"},author)`.
//!
//! So no browser has to read markup. It is written as [htm](https://github.com/developit/htm) has it: like HTML, with `<${Part} … />` for a
//! component, `<//>` for the end of any element, and `...${properties}`. Space with a line end in it says nothing beside a tag or a value.

use crate::tokens::{Kind, Token, is_word};

/// A piece of markup.
enum Piece {
    Character(char),
    /// The expression of a `${…}`.
    Value(Vec<Token>),
}

pub(crate) fn without_markup(tokens: Vec<Token>) -> Vec<Token> {
    let mut tokens = tokens.into_iter().peekable();
    let mut code = Vec::new();
    while let Some(token) = tokens.next() {
        if token.text == "html" && tokens.peek().is_some_and(|next| next.kind == Kind::Template) {
            code.extend(Markup { pieces: pieces(&mut tokens), at: 0 }.elements());
        } else {
            code.push(token);
        }
    }
    code
}

/// Reads a template, from its start to its end. Values may have templates themselves.
fn pieces(tokens: &mut impl Iterator<Item = Token>) -> Vec<Piece> {
    let (mut pieces, mut value, mut depth) = (Vec::new(), Vec::new(), 0);
    for token in tokens {
        let is_template = token.kind == Kind::Template;
        let (starts, ends) = (is_template && token.text.starts_with('`'), is_template && !token.text.ends_with("${"));
        if is_template && depth == usize::from(!starts) {
            if !starts {
                pieces.push(Piece::Value(without_markup(std::mem::take(&mut value))));
            }
            let end = token.text.len() - if ends { "`".len() } else { "${".len() };
            pieces.extend(token.text[1..end].chars().map(Piece::Character));
        } else {
            value.push(token);
        }
        depth = depth + usize::from(starts) - usize::from(ends);
        if depth == 0 {
            break;
        }
    }
    pieces
}

struct Markup {
    pieces: Vec<Piece>,
    at: usize,
}

impl Markup {
    /// The whole template: an element, or a list.
    fn elements(mut self) -> Vec<Token> {
        let mut elements = self.children();
        match elements.len() {
            1 => elements.remove(0),
            _ => [vec![mark("[")], listed(elements), vec![mark("]")]].concat(),
        }
    }

    /// Reads texts, values and elements up to the end of the element that they are in.
    fn children(&mut self) -> Vec<Vec<Token>> {
        let mut children = Vec::new();
        loop {
            let text = self.text(|next| next == '<');
            let text = without_lines(&text);
            if !text.is_empty() {
                children.push(vec![string(text)]);
            }
            if let Some(value) = self.value() {
                children.push(value);
            } else if !self.passes('<') {
                return children;
            } else if self.passes('/') {
                self.text(|next| next == '>');
                self.passes('>');
                return children;
            } else {
                children.push(self.element());
            }
        }
    }

    /// Reads an element, after its `<`.
    fn element(&mut self) -> Vec<Token> {
        let name = self.value().unwrap_or_else(|| {
            let name = self.tag_word();
            assert!(name.chars().all(char::is_alphanumeric), "the name of an element: {name}");
            vec![string(&name)]
        });
        let (mut properties, mut children) = (Vec::new(), Vec::new());
        loop {
            self.text(|next| !next.is_whitespace());
            if self.passes('>') {
                children = self.children();
                break;
            }
            if self.passes('/') {
                self.passes('>');
                break;
            }
            let property = self.tag_word();
            match property.as_str() {
                "" => panic!("the markup of <{}> has no end", texts(&name)),
                "..." => properties.push([vec![mark("...")], self.value().unwrap_or_default()].concat()),
                name => properties.push([vec![property_name(name), mark(":")], self.property()].concat()),
            }
        }
        let properties = match properties.len() {
            0 if children.is_empty() => None,
            0 => Some(vec![literal("null")]),
            _ => Some([vec![mark("{")], listed(properties), vec![mark("}")]].concat()),
        };
        let arguments = [name].into_iter().chain(properties).chain(children).collect();
        [vec![word("html"), mark("(")], listed(arguments), vec![mark(")")]].concat()
    }

    /// Reads the value of a property, after its name. Without one, it is true.
    fn property(&mut self) -> Vec<Token> {
        if !self.passes('=') {
            return vec![word("true")];
        }
        if let Some(value) = self.value() {
            return value;
        }
        let text = if self.passes('"') {
            let text = self.text(|next| next == '"');
            assert!(self.passes('"'), "a property is a text or a value, and not both: {text}");
            text
        } else {
            self.tag_word()
        };
        vec![string(&text)]
    }

    /// Reads a word of a tag.
    fn tag_word(&mut self) -> String {
        self.text(|next| next.is_whitespace() || ['=', '>', '/'].contains(&next))
    }

    /// Reads up to a character, a value, or the end.
    fn text(&mut self, is_end: impl Fn(char) -> bool) -> String {
        let mut text = String::new();
        while let Some(Piece::Character(next)) = self.pieces.get(self.at)
            && !is_end(*next)
        {
            text.push(*next);
            self.at += 1;
        }
        text
    }

    fn value(&mut self) -> Option<Vec<Token>> {
        let Some(Piece::Value(value)) = self.pieces.get_mut(self.at) else { return None };
        self.at += 1;
        Some(std::mem::take(value))
    }

    fn passes(&mut self, wanted: char) -> bool {
        let passes = matches!(self.pieces.get(self.at), Some(Piece::Character(next)) if *next == wanted);
        self.at += usize::from(passes);
        passes
    }
}

/// Removes space at the ends of a text that has a line end in it.
fn without_lines(text: &str) -> &str {
    let start = text.trim_start();
    let text = if text[..text.len() - start.len()].contains('\n') { start } else { text };
    let end = text.trim_end();
    if text[end.len()..].contains('\n') { end } else { text }
}

fn listed(parts: Vec<Vec<Token>>) -> Vec<Token> {
    parts.join(&mark(","))
}

fn mark(text: &str) -> Token {
    Token { kind: Kind::Mark, text: text.to_owned() }
}

fn word(text: &str) -> Token {
    Token { kind: Kind::Word, text: text.to_owned() }
}

fn literal(text: &str) -> Token {
    Token { kind: Kind::Literal, text: text.to_owned() }
}

fn string(text: &str) -> Token {
    assert!(!text.contains("\\\""), "a quotation mark in markup needs no backslash: {text}");
    literal(&format!("\"{}\"", text.replace('"', "\\\"").replace('\n', "\\n")))
}

fn texts(tokens: &[Token]) -> String {
    tokens.iter().map(|token| token.text.as_str()).collect()
}

fn property_name(name: &str) -> Token {
    let is_name = |letter: char| is_word(letter) || letter == '-';
    assert!(name.chars().all(is_name), "the name of a property: {name}");
    if name.chars().all(is_word) { literal(name) } else { string(name) }
}
