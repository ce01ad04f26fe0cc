//! A page's HTML as the browser understands it, in one flat list in the order of the document.

use std::{borrow::Cow, cell::RefCell, rc::Rc};

use html5ever::{
    Attribute, ExpandedName, LocalName, QualName, parse_document,
    tendril::{StrTendril, TendrilSink as _},
    tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
};

/// A node's index.
pub(super) type Id = usize;

/// A document. Node 0 is the document itself.
pub(super) struct Tree {
    nodes: Vec<Node>,
}

struct Node {
    parent: Id,
    /// The first index behind all that is inside.
    end: Id,
    data: Data,
}

enum Data {
    Document,
    Element(LocalName, Vec<Attribute>),
    Text(String),
}

impl Tree {
    /// Reads a page. Whatever the bytes are, something comes of them: of a page that is nested deeper than browsers
    /// follow, what stands before that.
    pub(super) fn parse(html: &[u8]) -> Self {
        let html = &html[..too_deep(html).unwrap_or(html.len())];
        let builder = parse_document(Builder::default(), html5ever::ParseOpts::default()).from_utf8().one(html);
        let mut nodes = Vec::with_capacity(builder.len());
        flatten(builder, &mut nodes);
        Self { nodes }
    }

    /// All elements inside `root`, in order.
    pub(super) fn elements(&self, root: Id) -> impl Iterator<Item = Id> {
        (root + 1..self.nodes[root].end).filter(|&id| matches!(self.nodes[id].data, Data::Element(..)))
    }

    /// All elements of these names inside `root`, in order.
    pub(super) fn named<'a>(&'a self, root: Id, names: &'a [&'a str]) -> impl Iterator<Item = Id> + 'a {
        self.elements(root).filter(move |&id| names.contains(&self.name(id)))
    }

    /// An element's name in lower case; empty for text.
    pub(super) fn name(&self, id: Id) -> &str {
        match &self.nodes[id].data {
            Data::Element(name, _) => name,
            _ => "",
        }
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, id: Id, name: &str) -> Option<&str> {
        match &self.nodes[id].data {
            Data::Element(_, attributes) => {
                attributes.iter().find(|attribute| &*attribute.name.local == name).map(|attribute| &*attribute.value)
            }
            _ => None,
        }
    }

    /// The elements around `id`, the nearest first.
    pub(super) fn around(&self, id: Id) -> impl Iterator<Item = Id> {
        std::iter::successors(Some(self.nodes[id].parent), |&at| (at > 0).then(|| self.nodes[at].parent))
    }

    /// Whether `id` lies inside an element of one of these names.
    pub(super) fn is_within(&self, id: Id, names: &[&str]) -> bool {
        self.around(id).any(|at| names.contains(&self.name(at)))
    }

    /// Whether `id` lies inside `root`.
    pub(super) fn is_inside(&self, id: Id, root: Id) -> bool {
        (root..self.nodes[root].end).contains(&id)
    }

    /// The elements directly inside `id`.
    pub(super) fn children(&self, id: Id) -> impl Iterator<Item = Id> {
        let mut next = id + 1;
        let end = self.nodes[id].end;
        std::iter::from_fn(move || {
            while next < end {
                let at = next;
                next = self.nodes[at].end;
                if matches!(self.nodes[at].data, Data::Element(..)) {
                    return Some(at);
                }
            }
            None
        })
    }

    /// What is read aloud of an element: its text and its pictures' alternative texts, without what is hidden,
    /// with white space collapsed.
    pub(super) fn text(&self, id: Id) -> String {
        // One space between words, none around them.
        let mut text = String::new();
        let mut at = id;
        let end = self.nodes[id].end;
        while at < end {
            let node = &self.nodes[at];
            match &node.data {
                Data::Text(words) => push_collapsed(&mut text, words),
                Data::Element(..) if at != id && self.is_silent(at) => {
                    push_collapsed(&mut text, " ");
                    at = node.end;
                    continue;
                }
                Data::Element(name, _) => {
                    if !INLINE.contains(&&**name) {
                        push_collapsed(&mut text, " ");
                    }
                    if let Some(alt) = self.attribute(at, "alt") {
                        push_collapsed(&mut text, alt);
                    }
                }
                Data::Document => {}
            }
            at += 1;
        }
        text.truncate(text.trim_end().len());
        text
    }

    /// The name of a link or a control: `aria-label`, or what it says.
    pub(super) fn label(&self, id: Id) -> String {
        match self.attribute(id, "aria-label").map(str::trim).filter(|label| !label.is_empty()) {
            Some(label) => label.to_owned(),
            None => {
                let text = self.text(id);
                if text.is_empty() { self.attribute(id, "title").unwrap_or_default().trim().to_owned() } else { text }
            }
        }
    }

    fn is_silent(&self, id: Id) -> bool {
        ["script", "style", "template", "svg"].contains(&self.name(id))
            || self.attribute(id, "aria-hidden") == Some("true")
            || self.attribute(id, "hidden").is_some()
    }

    /// Whether the element, or one around it, is hidden from readers.
    pub(super) fn is_hidden(&self, id: Id) -> bool {
        self.is_silent(id) || self.around(id).any(|at| self.is_silent(at))
    }

    /// The language in which an element is written.
    pub(super) fn language(&self, id: Id) -> Option<&str> {
        std::iter::once(id).chain(self.around(id)).find_map(|at| self.attribute(at, "lang"))
    }
}

/// Adds words; white space becomes one space, and none at the beginning.
fn push_collapsed(text: &mut String, words: &str) {
    for (number, word) in words.split(char::is_whitespace).enumerate() {
        if number > 0 && !text.is_empty() && !text.ends_with(' ') {
            text.push(' ');
        }
        text.push_str(word);
    }
}

/// How deep browsers nest elements. The parser's time grows with the square of the depth.
const DEEPEST: usize = 512;

/// Where a page goes deeper than [`DEEPEST`].
fn too_deep(html: &[u8]) -> Option<usize> {
    /// Elements that have no end, or need none.
    const ENDLESS: &[&[u8]] = &[
        b"area", b"base", b"body", b"br", b"col", b"dd", b"dt", b"embed", b"head", b"hr", b"html", b"img", b"input",
        b"li", b"link", b"meta", b"option", b"p", b"rp", b"rt", b"source", b"tbody", b"td", b"tfoot", b"th", b"thead",
        b"tr", b"track", b"wbr",
    ];
    let mut depth = 0_usize;
    for at in memchr::memchr_iter(b'<', html) {
        let (ends, name) = match html.get(at + 1) {
            Some(b'/') => (true, &html[at + 2..]),
            _ => (false, &html[at + 1..]),
        };
        let length = name.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        let name = name[..length].to_ascii_lowercase();
        if name.is_empty() || ENDLESS.contains(&name.as_slice()) {
            continue;
        }
        depth = if ends { depth.saturating_sub(1) } else { depth + 1 };
        if depth > DEEPEST {
            return Some(at);
        }
    }
    None
}

/// Elements that do not part words.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "cite", "code", "em", "i", "img", "kbd", "mark", "q", "s", "small", "span", "strong",
    "sub", "sup", "time", "u", "wbr",
];

/// A node as the parser names it; its own name is at hand, so that none has to be looked up.
#[derive(Clone)]
struct Handle {
    id: Id,
    name: Rc<QualName>,
}

struct Raw {
    parent: Option<Id>,
    children: Vec<Id>,
    data: Data,
}

struct Builder {
    nodes: RefCell<Vec<Raw>>,
    nameless: Rc<QualName>,
}

impl Default for Builder {
    fn default() -> Self {
        let document = Raw { parent: None, children: Vec::new(), data: Data::Document };
        let nameless = QualName::new(None, html5ever::Namespace::default(), LocalName::default());
        Self { nodes: RefCell::new(vec![document]), nameless: Rc::new(nameless) }
    }
}

impl Builder {
    fn make(&self, data: Data, name: Option<Rc<QualName>>) -> Handle {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Raw { parent: None, children: Vec::new(), data });
        Handle { id: nodes.len() - 1, name: name.unwrap_or_else(|| self.nameless.clone()) }
    }

    fn detach(&self, id: Id) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(parent) = nodes[id].parent.take() {
            nodes[parent].children.retain(|&child| child != id);
        }
    }

    /// Puts something among a node's children, before the one at `place`.
    fn insert(&self, parent: Id, place: usize, child: NodeOrText<Handle>) {
        let id = match child {
            NodeOrText::AppendNode(node) => {
                self.detach(node.id);
                node.id
            }
            NodeOrText::AppendText(text) => {
                let mut nodes = self.nodes.borrow_mut();
                let before = place.checked_sub(1).and_then(|at| nodes[parent].children.get(at).copied());
                if let Some(Data::Text(words)) = before.map(|at| &mut nodes[at].data) {
                    words.push_str(&text);
                    return;
                }
                drop(nodes);
                self.make(Data::Text(text.to_string()), None).id
            }
        };
        let mut nodes = self.nodes.borrow_mut();
        nodes[id].parent = Some(parent);
        let place = place.min(nodes[parent].children.len());
        nodes[parent].children.insert(place, id);
    }

    fn append_to(&self, parent: Id, child: NodeOrText<Handle>) {
        let place = self.nodes.borrow()[parent].children.len();
        self.insert(parent, place, child);
    }
}

impl TreeSink for Builder {
    type ElemName<'a> = ExpandedName<'a>;
    type Handle = Handle;
    type Output = Vec<Raw>;

    fn finish(self) -> Vec<Raw> {
        self.nodes.into_inner()
    }

    fn parse_error(&self, _: Cow<'static, str>) {}

    fn get_document(&self) -> Handle {
        Handle { id: 0, name: self.nameless.clone() }
    }

    fn elem_name<'a>(&'a self, target: &'a Handle) -> ExpandedName<'a> {
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Handle {
        let local = name.local.clone();
        self.make(Data::Element(local, attributes), Some(Rc::new(name)))
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        self.make(Data::Text(String::new()), None)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        self.make(Data::Text(String::new()), None)
    }

    fn append(&self, parent: &Handle, child: NodeOrText<Handle>) {
        self.append_to(parent.id, child);
    }

    fn append_based_on_parent_node(&self, element: &Handle, previous: &Handle, child: NodeOrText<Handle>) {
        if self.nodes.borrow()[element.id].parent.is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append_to(previous.id, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    fn get_template_contents(&self, target: &Handle) -> Handle {
        target.clone()
    }

    fn same_node(&self, x: &Handle, y: &Handle) -> bool {
        x.id == y.id
    }

    fn set_quirks_mode(&self, _: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &Handle, child: NodeOrText<Handle>) {
        let place = {
            let nodes = self.nodes.borrow();
            let Some(parent) = nodes[sibling.id].parent else { return };
            (parent, nodes[parent].children.iter().position(|&id| id == sibling.id).unwrap_or(0))
        };
        self.insert(place.0, place.1, child);
    }

    fn add_attrs_if_missing(&self, target: &Handle, more: Vec<Attribute>) {
        if let Data::Element(_, attributes) = &mut self.nodes.borrow_mut()[target.id].data {
            for attribute in more {
                if attributes.iter().all(|known| known.name != attribute.name) {
                    attributes.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &Handle) {
        self.detach(target.id);
    }

    fn reparent_children(&self, node: &Handle, parent: &Handle) {
        let mut nodes = self.nodes.borrow_mut();
        let children = std::mem::take(&mut nodes[node.id].children);
        for &child in &children {
            nodes[child].parent = Some(parent.id);
        }
        nodes[parent.id].children.extend(children);
    }
}

/// Puts the nodes into the order of the document; each then knows where it ends.
fn flatten(mut raw: Vec<Raw>, nodes: &mut Vec<Node>) {
    /// A node whose children are being put into place.
    struct Open {
        children: std::vec::IntoIter<Id>,
        at: Id,
    }
    let mut open: Vec<Open> = Vec::new();
    let put = |raw: &mut Vec<Raw>, nodes: &mut Vec<Node>, open: &mut Vec<Open>, id: Id, parent: Id| {
        let at = nodes.len();
        let data = std::mem::replace(&mut raw[id].data, Data::Document);
        nodes.push(Node { parent, end: at + 1, data });
        open.push(Open { children: std::mem::take(&mut raw[id].children).into_iter(), at });
    };
    put(&mut raw, nodes, &mut open, 0, 0);
    while let Some(top) = open.last_mut() {
        if let Some(child) = top.children.next() {
            let parent = top.at;
            put(&mut raw, nodes, &mut open, child, parent);
        } else {
            let at = top.at;
            nodes[at].end = nodes.len();
            open.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_as_a_browser_reads_it() {
        let tree = Tree::parse("<p>Üks<p>Kaks <a href=/x>kolm</a> <span hidden>x</span><ul><li>a<li>b</ul>".as_bytes());
        let names: Vec<_> = tree.elements(0).map(|id| tree.name(id)).collect();
        assert_eq!(names, ["html", "head", "body", "p", "p", "a", "span", "ul", "li", "li"]);
        let second = tree.named(0, &["p"]).nth(1).expect("two");
        assert_eq!(tree.text(second), "Kaks kolm");
        let link = tree.named(0, &["a"]).next().expect("one");
        assert_eq!(tree.attribute(link, "href"), Some("/x"));
        assert!(tree.is_within(link, &["p"]) && tree.is_inside(link, second));
        let list = tree.named(0, &["ul"]).next().expect("one");
        assert_eq!(tree.children(list).count(), 2);
    }

    #[test]
    fn hostile_html_is_no_panic() {
        for html in
            ["<table><td><table><tr>x<form><a><p></a>y", "<a><b><a></b><template><p>", "<!doctype", "<svg><p></svg>"]
        {
            assert!(Tree::parse(html.as_bytes()).elements(0).count() > 2);
        }
        let deep = format!("<main>{}", "<blockquote><p>a".repeat(200_000));
        let read = Tree::parse(deep.as_bytes());
        assert!((900..1_100).contains(&read.elements(0).count()), "{}", read.elements(0).count());
        // Many elements beside each other are no depth.
        let wide = "<p>a<br>".repeat(2_000) + &"<div><img></div>".repeat(2_000);
        assert_eq!(too_deep(wide.as_bytes()), None);
    }
}
