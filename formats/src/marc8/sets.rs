//! The sets of MARC-8: the letters of the codes 0x21 to 0x7E, and of 0xA1 to 0xFE in the same places (Library of Congress,
//! "MARC-8 Code Tables"). U+FFFD is no letter. A mark stands before its letter there.

/// Extended Arabic (4).
pub(super) const EXTENDED_ARABIC: [char; 94] = [
    '\u{6fd}', '\u{672}', '\u{673}', '\u{679}', '\u{67a}', '\u{67b}', '\u{67c}', '\u{67d}', '\u{67e}', '\u{67f}',
    '\u{680}', '\u{681}', '\u{682}', '\u{683}', '\u{684}', '\u{685}', '\u{686}', '\u{6bf}', '\u{687}', '\u{688}',
    '\u{689}', '\u{68a}', '\u{68b}', '\u{68c}', '\u{68d}', '\u{68e}', '\u{68f}', '\u{690}', '\u{691}', '\u{692}',
    '\u{693}', '\u{694}', '\u{695}', '\u{696}', '\u{697}', '\u{698}', '\u{699}', '\u{69a}', '\u{69b}', '\u{69c}',
    '\u{6fa}', '\u{69d}', '\u{69e}', '\u{6fb}', '\u{69f}', '\u{6a0}', '\u{6fc}', '\u{6a1}', '\u{6a2}', '\u{6a3}',
    '\u{6a4}', '\u{6a5}', '\u{6a6}', '\u{6a7}', '\u{6a8}', '\u{6a9}', '\u{6aa}', '\u{6ab}', '\u{6ac}', '\u{6ad}',
    '\u{6ae}', '\u{6af}', '\u{6b0}', '\u{6b1}', '\u{6b2}', '\u{6b3}', '\u{6b4}', '\u{6b5}', '\u{6b6}', '\u{6b7}',
    '\u{6b8}', '\u{6ba}', '\u{6bb}', '\u{6bc}', '\u{6bd}', '\u{6b9}', '\u{6be}', '\u{6c0}', '\u{6c4}', '\u{6c5}',
    '\u{6c6}', '\u{6ca}', '\u{6cb}', '\u{6cd}', '\u{6ce}', '\u{6d0}', '\u{6d2}', '\u{6d3}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{306}', '\u{30c}',
];
/// Extended Latin (ANSEL, E).
pub(super) const ANSEL: [char; 94] = [
    'Ł', 'Ø', 'Đ', 'Þ', 'Æ', 'Œ', 'ʹ', '·', '♭', '®', '±', 'Ơ', 'Ư', 'ʼ', '\u{fffd}', 'ʻ', 'ł', 'ø', 'đ', 'þ', 'æ',
    'œ', 'ʺ', 'ı', '£', 'ð', '\u{fffd}', 'ơ', 'ư', '\u{fffd}', '\u{fffd}', '°', 'ℓ', '℗', '©', '♯', '¿', '¡', 'ß', '€',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{309}', '\u{300}', '\u{301}', '\u{302}', '\u{303}',
    '\u{304}', '\u{306}', '\u{307}', '\u{308}', '\u{30c}', '\u{30a}', '\u{fe20}', '\u{fe21}', '\u{315}', '\u{30b}',
    '\u{310}', '\u{327}', '\u{328}', '\u{323}', '\u{324}', '\u{325}', '\u{333}', '\u{332}', '\u{326}', '\u{31c}',
    '\u{32e}', '\u{fe22}', '\u{fe23}', '\u{fffd}', '\u{fffd}', '\u{313}',
];
/// Basic Arabic (3).
pub(super) const ARABIC: [char; 94] = [
    '!', '"', '#', '$', '٪', '&', '\'', '(', ')', '\u{66d}', '+', '،', '-', '.', '/', '\u{660}', '\u{661}', '\u{662}',
    '\u{663}', '\u{664}', '\u{665}', '\u{666}', '\u{667}', '\u{668}', '\u{669}', ':', '\u{61b}', '<', '=', '>',
    '\u{61f}', '\u{fffd}', '\u{621}', '\u{622}', '\u{623}', '\u{624}', '\u{625}', '\u{626}', '\u{627}', '\u{628}',
    '\u{629}', '\u{62a}', '\u{62b}', '\u{62c}', '\u{62d}', '\u{62e}', '\u{62f}', '\u{630}', '\u{631}', '\u{632}',
    '\u{633}', '\u{634}', '\u{635}', '\u{636}', '\u{637}', '\u{638}', '\u{639}', '\u{63a}', '[', '\u{fffd}', ']',
    '\u{fffd}', '\u{fffd}', '\u{640}', '\u{641}', '\u{642}', '\u{643}', '\u{644}', '\u{645}', '\u{646}', '\u{647}',
    '\u{648}', '\u{649}', '\u{64a}', '\u{64b}', '\u{64c}', '\u{64d}', '\u{64e}', '\u{64f}', '\u{650}', '\u{651}',
    '\u{652}', '\u{671}', '\u{670}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{66c}', '”', '“', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}',
];
/// Basic Hebrew (2).
pub(super) const HEBREW: [char; 94] = [
    '!', '\u{5f4}', '#', '$', '%', '&', '\u{5f3}', '(', ')', '*', '+', ',', '\u{5be}', '.', '/', '0', '1', '2', '3',
    '4', '5', '6', '7', '8', '9', ':', ';', '<', '=', '>', '?', '\u{5b7}', '\u{5b8}', '\u{5b6}', '\u{5b5}', '\u{5b4}',
    '\u{5b9}', '\u{5bb}', '\u{5b0}', '\u{5b2}', '\u{5b3}', '\u{5b1}', '\u{5bc}', '\u{5bf}', '\u{5c1}', '\u{fb1e}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '[', '\u{fffd}', ']', '\u{fffd}', '\u{fffd}', '\u{5d0}', '\u{5d1}', '\u{5d2}',
    '\u{5d3}', '\u{5d4}', '\u{5d5}', '\u{5d6}', '\u{5d7}', '\u{5d8}', '\u{5d9}', '\u{5da}', '\u{5db}', '\u{5dc}',
    '\u{5dd}', '\u{5de}', '\u{5df}', '\u{5e0}', '\u{5e1}', '\u{5e2}', '\u{5e3}', '\u{5e4}', '\u{5e5}', '\u{5e6}',
    '\u{5e7}', '\u{5e8}', '\u{5e9}', '\u{5ea}', '\u{5f0}', '\u{5f1}', '\u{5f2}', '\u{fffd}',
];
/// Superscripts (p).
pub(super) const SUPERSCRIPTS: [char; 94] = [
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '⁽', '⁾', '\u{fffd}', '⁺',
    '\u{fffd}', '⁻', '\u{fffd}', '\u{fffd}', '⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
];
/// Extended Cyrillic (Q).
pub(super) const EXTENDED_CYRILLIC: [char; 94] = [
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', 'ґ', 'ђ', 'ѓ', 'є', 'ё', 'ѕ', 'і', 'ї', 'ј', 'љ', 'њ', 'ћ', 'ќ',
    'ў', 'џ', '\u{fffd}', 'ѣ', 'ѳ', 'ѵ', 'ѫ', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '[', '\u{fffd}', ']', '\u{fffd}', '_', 'Ґ', 'Ђ', 'Ѓ', 'Є', 'Ё', 'Ѕ', 'І', 'Ї', 'Ј', 'Љ', 'Њ', 'Ћ', 'Ќ',
    'Ў', 'Џ', 'Ъ', 'Ѣ', 'Ѳ', 'Ѵ', 'Ѫ', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
];
/// Basic Greek (S).
pub(super) const GREEK: [char; 94] = [
    '\u{300}', '\u{301}', '\u{308}', '\u{342}', '\u{313}', '\u{314}', '\u{345}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '«', '»', '“', '”', 'ʹ', '͵', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '·', '\u{fffd}', '\u{fffd}', '\u{fffd}', ';', '\u{fffd}', 'Α', 'Β', '\u{fffd}',
    'Γ', 'Δ', 'Ε', 'Ϛ', 'Ϝ', 'Ζ', 'Η', 'Θ', 'Ι', 'Κ', 'Λ', 'Μ', 'Ν', 'Ξ', 'Ο', 'Π', 'Ϟ', 'Ρ', 'Σ', '\u{fffd}', 'Τ',
    'Υ', 'Φ', 'Χ', 'Ψ', 'Ω', 'Ϡ', '\u{fffd}', '\u{fffd}', 'α', 'β', 'ϐ', 'γ', 'δ', 'ε', 'ϛ', 'ϝ', 'ζ', 'η', 'θ', 'ι',
    'κ', 'λ', 'μ', 'ν', 'ξ', 'ο', 'π', 'ϟ', 'ρ', 'σ', 'ς', 'τ', 'υ', 'φ', 'χ', 'ψ', 'ω', 'ϡ',
];
/// Subscripts (b).
pub(super) const SUBSCRIPTS: [char; 94] = [
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '₍', '₎', '\u{fffd}', '₊',
    '\u{fffd}', '₋', '\u{fffd}', '\u{fffd}', '₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
];
/// Greek symbols (g).
pub(super) const GREEK_SYMBOLS: [char; 94] = [
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', 'α', 'β', 'γ', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}', '\u{fffd}',
    '\u{fffd}', '\u{fffd}',
];
/// Basic Cyrillic (N).
pub(super) const CYRILLIC: [char; 94] = [
    '!', '"', '#', '$', '%', '&', '\'', '(', ')', '*', '+', ',', '-', '.', '/', '0', '1', '2', '3', '4', '5', '6', '7',
    '8', '9', ':', ';', '<', '=', '>', '?', 'ю', 'а', 'б', 'ц', 'д', 'е', 'ф', 'г', 'х', 'и', 'й', 'к', 'л', 'м', 'н',
    'о', 'п', 'я', 'р', 'с', 'т', 'у', 'ж', 'в', 'ь', 'ы', 'з', 'ш', 'э', 'щ', 'ч', 'ъ', 'Ю', 'А', 'Б', 'Ц', 'Д', 'Е',
    'Ф', 'Г', 'Х', 'И', 'Й', 'К', 'Л', 'М', 'Н', 'О', 'П', 'Я', 'Р', 'С', 'Т', 'У', 'Ж', 'В', 'Ь', 'Ы', 'З', 'Ш', 'Э',
    'Щ', 'Ч',
];
