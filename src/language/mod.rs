//! Languages: tags, dates, numbers, plurals, alphabetical order, addresses.
