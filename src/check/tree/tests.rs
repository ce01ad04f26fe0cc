//! The same page, read here and by a parser that follows the whole standard.

use std::{borrow::Cow, cell::RefCell, rc::Rc};

use html5ever::{
    Attribute, ExpandedName, LocalName, QualName, parse_document,
    tendril::{StrTendril, TendrilSink as _},
    tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink},
};
use proptest::prelude::*;

use super::*;
use crate::check::repeated::Parts;

/// A node as the parser names it; its own name is at hand, so that none has to be looked up.
#[derive(Clone)]
struct Handle {
    id: Id,
    name: Rc<QualName>,
}

/// What a node is, as the parser says it.
enum Parsed {
    Document,
    Element(LocalName, Vec<Attribute>),
    Text(String),
}

struct Raw {
    parent: Option<Id>,
    children: Vec<Id>,
    data: Parsed,
}

struct Builder {
    nodes: RefCell<Vec<Raw>>,
    nameless: Rc<QualName>,
}

impl Default for Builder {
    fn default() -> Self {
        let document = Raw { parent: None, children: Vec::new(), data: Parsed::Document };
        let nameless = QualName::new(None, html5ever::Namespace::default(), LocalName::default());
        Self { nodes: RefCell::new(vec![document]), nameless: Rc::new(nameless) }
    }
}

impl Builder {
    fn make(&self, data: Parsed, name: Option<Rc<QualName>>) -> Handle {
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
                if let Some(Parsed::Text(words)) = before.map(|at| &mut nodes[at].data) {
                    words.push_str(&text);
                    return;
                }
                drop(nodes);
                self.make(Parsed::Text(text.to_string()), None).id
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
        self.make(Parsed::Element(local, attributes), Some(Rc::new(name)))
    }

    fn create_comment(&self, _: StrTendril) -> Handle {
        self.make(Parsed::Text(String::new()), None)
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Handle {
        self.make(Parsed::Text(String::new()), None)
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
        if let Parsed::Element(_, attributes) = &mut self.nodes.borrow_mut()[target.id].data {
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

/// One element: its name and those of the elements around it, its attributes and what it says.
type Line = (Vec<String>, Vec<(String, String)>, String, bool);

/// Elements that a browser adds where they are not written.
const ADDED: &[&str] = &["html", "head", "body", "tbody", "colgroup"];

fn seen(tree: &Tree<'_>) -> Vec<Line> {
    let line = |id: Id| {
        let path = std::iter::once(id).chain(tree.around(id)).map(|at| tree.name(at));
        let path = path.filter(|name| !ADDED.contains(name)).map(str::to_owned).collect();
        let Data::Element(_, attributes) = &tree.nodes[id].data else { return None };
        let mut attributes: Vec<(String, String)> = tree.attributes[attributes.clone()]
            .iter()
            .map(|(name, value)| (name.to_lowercase(), value.to_string()))
            .collect();
        attributes.sort();
        Some((path, attributes, tree.text(id).into_owned(), tree.is_hidden(id)))
    };
    tree.elements(0).filter(|&id| !ADDED.contains(&tree.name(id))).filter_map(line).collect()
}

/// The page as a browser reads it.
fn browser(html: &str) -> Vec<Line> {
    let raw = parse_document(Builder::default(), html5ever::ParseOpts::default()).one(html);
    let mut tree = Tree { nodes: Vec::new(), attributes: Vec::new(), repeated: Vec::new() };
    put(&raw, 0, 0, &mut tree);
    seen(&tree)
}

fn put(raw: &[Raw], id: Id, parent: Id, tree: &mut Tree<'static>) {
    let at = tree.nodes.len();
    let (data, silent) = match &raw[id].data {
        Parsed::Document => (Data::Document, false),
        Parsed::Text(text) => (Data::Text(Cow::Owned(text.clone())), false),
        Parsed::Element(name, attributes) => {
            let from = tree.attributes.len();
            let mut silent = ["script", "style", "template", "svg"].contains(&&**name);
            for Attribute { name, value } in attributes {
                let name: &'static str = Box::leak(name.local.to_string().into_boxed_str());
                silent |= name == "hidden" || name == "aria-hidden" && &**value == "true";
                tree.attributes.push((name, Cow::Owned(value.to_string())));
            }
            let name = Name { key: key(name), text: Cow::Owned(name.to_string()) };
            (Data::Element(name, from..tree.attributes.len()), silent)
        }
    };
    let hidden = silent || at > 0 && tree.nodes[parent].hidden;
    tree.nodes.push(Node { parent, end: at + 1, silent, hidden, data });
    for &child in &raw[id].children {
        put(raw, child, at, tree);
    }
    tree.nodes[at].end = tree.nodes.len();
}

fn read(html: &str) -> Tree<'_> {
    Tree::parse(html, &Parts::default())
}

#[track_caller]
fn same(html: &str) {
    assert_eq!(seen(&read(html)), browser(html), "{html}");
}

#[test]
fn a_page_is_read_as_a_browser_reads_it() {
    let tree = read("<p>Üks<p>Kaks <a href=/x>kolm</a> <span hidden>x</span><ul><li>a<li>b</ul>");
    let names: Vec<_> = tree.elements(0).map(|id| tree.name(id)).collect();
    assert_eq!(names, ["p", "p", "a", "span", "ul", "li", "li"]);
    let second = tree.named(0, ["p"]).nth(1).expect("two");
    assert_eq!(tree.text(second), "Kaks kolm");
    let link = tree.named(0, ["a"]).next().expect("one");
    assert_eq!(tree.attribute(link, "href"), Some("/x"));
    assert!(tree.is_within(link, &["p"]) && tree.is_inside(link, second));
    let list = tree.named(0, ["ul"]).next().expect("one");
    assert_eq!(tree.children(list).count(), 2);
}

#[test]
fn what_a_template_may_leave_open_is_closed_as_browsers_do() {
    for html in [
        "<!doctype html><html lang=et><head><title>A &amp; B</title><meta charset=utf-8><body class='x'><main id=m>Tere</main>",
        "<!doctype html><!-- <p> --><main><h1>Üks<small>kaks</small></h1><p>a<div>b</div>c<p>d</main>",
        "<!doctype html><dl><dt>a<dd>b<p>c<dt>d<dd>e</dl><ul><li>x<ul><li>y</ul><li>z</ul>",
        "<!doctype html><table><caption>c</caption><thead><tr><th>a<th>b<tbody><tr><td>1<td><p>2<table><tr><td>3</table><tr><td>4</table><p>x",
        "<!doctype html><select><option>a<option selected>b<optgroup label=g><option>c</select><p>y",
        "<!doctype html><svg viewBox='0 0 1 1'><title>t</title><path d=M/><g><use href=#a /></g></svg><p>z",
        "<!doctype html><script>if (a < b) '<p>'</script><style>p>a{}</style><textarea><b>&lt;</textarea><noscript></noscript>",
        "<!doctype html><a href='/a?x=1&amp;y=2' TITLE=\"a > b\" title=2 disabled>a</a> 1 < 2 && 3 <3 </ p>&nbsp;&#x41;&#65;&unknown;",
        "<!doctype html><p aria-hidden=true>a<b hidden>b</b></p><img alt='x y' src=a.png><br/><hr/>c",
        "<!doctype html><details><summary>s</summary><p>t</details><figure><img src=x alt><figcaption>f</figure>",
        "<!doctype html><button>a<b>b</b></button><label>c<input></label><iframe><p></iframe><video><track></video>",
    ] {
        same(html);
    }
}

#[test]
fn hostile_html_is_no_panic() {
    for html in ["<table><td><table><tr>x<form><a><p></a>y", "<a><b><a></b><template><p>", "<svg><p></svg>", "<p a='"] {
        assert!(read(html).elements(0).count() > 0, "{html}");
    }
    let deep = format!("<main>{}", "<blockquote><p>a".repeat(200_000));
    let tree = read(&deep);
    assert!((900..1_100).contains(&tree.elements(0).count()), "{}", tree.elements(0).count());
    // Many elements beside each other are no depth.
    let wide = "<p>a<br>".repeat(2_000) + &"<div><img></div>".repeat(2_000);
    assert_eq!(read(&wide).elements(0).count(), 8_000);
}

/// Well-formed HTML, as the renderer writes it.
fn written() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        "[a-zõ <&]{0,8}".prop_map(|text| text.replace('&', "&amp;").replace('<', "&lt;")),
        Just("<br>".to_owned()),
        Just("<img src=\"a.png\" alt=\"õ &quot;x&quot;\">".to_owned()),
        Just("<!-- <b> -->".to_owned()),
        Just("<input type=text>".to_owned()),
    ];
    let inline = leaf.prop_recursive(3, 20, 4, |inner| {
        ("(b|em|span|time|abbr|code)", " ?(hidden|aria-hidden=\"true\"|class=x)?", prop::collection::vec(inner, 0..4))
            .prop_map(|(name, attribute, inside)| format!("<{name} {attribute}>{}</{name}>", inside.concat()))
    });
    let block = inline.prop_map(|text| format!("<p>{text}</p>")).prop_recursive(4, 40, 4, |inner| {
        ("(div|section|ul><li|table><tbody><tr><td|dl><dd|blockquote|details|form)", prop::collection::vec(inner, 0..4))
            .prop_map(|(names, inside)| {
                let ends: String = names.rsplit("><").flat_map(|name| ["</", name, ">"]).collect();
                format!("<{names}>{}{ends}", inside.concat())
            })
    });
    prop::collection::vec(block, 0..4).prop_map(|blocks| blocks.concat())
}

#[test]
fn a_menu_that_is_known_is_passed_over() {
    let menu = "<nav id=m><ul><li><a href=/a>A</a></ul></nav>";
    let page = format!("<body><header>{menu}</header><main>{menu}<p>Tekst</main>");
    let parts = Parts::default();
    let first = Tree::parse(&page, &parts);
    let [repeated] = first.repeated() else { panic!("only the menu outside of the page's own part is repeated") };
    assert!(repeated.part.is_none() && repeated.closed);
    parts.keep(repeated.print, Part { ids: vec!["m".to_owned()], inside: Vec::new() });
    let again = Tree::parse(&page, &parts);
    assert_eq!(again.repeated()[0].part.as_ref().map(|part| part.ids.len()), Some(1));
    let links = |tree: &Tree<'_>| tree.named(0, ["a"]).count();
    assert_eq!((links(&first), links(&again)), (2, 1));
    // What an element does not end itself is not read by itself.
    let open = Tree::parse("<body><nav><table><tr><td></nav><main></main>", &parts);
    assert!(open.repeated().iter().all(|repeated| !repeated.closed));
}

proptest! {
    #[test]
    fn whatever_is_written_is_read_as_browsers_do(html in written()) {
        // Browsers let no form stand in another.
        prop_assume!(html.matches("<form").count() < 2);
        let html = format!("<!doctype html><body>{html}");
        prop_assert_eq!(seen(&read(&html)), browser(&html));
    }

    #[test]
    fn any_text_is_read(html in "(<[a-z]{1,3}|</(p|a|td)>|>|=|'|\"|<!--|-->|&amp|;|õ|[a-z ]|/|<table>|<li>|\\PC){0,60}") {
        let tree = read(&html);
        prop_assert!(tree.elements(0).all(|id| tree.text(id).len() <= html.len()));
    }
}
