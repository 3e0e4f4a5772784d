//! How large and how deep the tree of a page is.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::tree_builder::TreeBuilderOpts;
use html5ever::{Attribute, ParseOpts, QualName, local_name, ns, parse_document};

/// Bytes that are parsed before the tree is looked at.
const CHUNK_BYTES: usize = 4096;

/// What a parser makes of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PageShape {
    /// Something that can be worked with.
    Usual,
    /// More nodes than the limit.
    TooLarge,
    /// Elements that lie deeper in one another than the limit.
    TooDeep,
}

/// Parses a page as whoever reads it does, and looks at the tree on the way: a
/// page of a few kilobytes can be made to grow to gigabytes, or to take hours,
/// where end tags are missing or are those of other elements. What tags alone
/// tell is no measure of it.
pub(crate) fn shape_of(html: &str, max_nodes: usize, max_depth: usize) -> PageShape {
    let options = ParseOpts {
        tree_builder: TreeBuilderOpts { scripting_enabled: false, ..TreeBuilderOpts::default() },
        ..ParseOpts::default()
    };
    let mut parser = parse_document(Shape::new(), options);
    let mut rest = html;
    while !rest.is_empty() {
        let at = (CHUNK_BYTES..CHUNK_BYTES + 4).find_map(|at| rest.split_at_checked(at));
        let (chunk, after) = at.unwrap_or((rest, ""));
        parser.process(StrTendril::from(chunk));
        let shape = &parser.tokenizer.sink.sink;
        if shape.n_nodes() > max_nodes {
            return PageShape::TooLarge;
        }
        if shape.deepest.get() > max_depth {
            return PageShape::TooDeep;
        }
        rest = after;
    }
    let shape = parser.finish();
    match (shape.n_nodes() > max_nodes, shape.true_depth() > max_depth) {
        (true, _) => PageShape::TooLarge,
        (_, true) => PageShape::TooDeep,
        _ => PageShape::Usual,
    }
}

/// A tree without what stands in it.
struct Shape {
    nodes: RefCell<Vec<Node>>,
    /// The deepest that a node was ever put.
    deepest: Cell<usize>,
}

/// A node; that of the document is the first.
struct Node {
    name: QualName,
    parent: Option<usize>,
    /// What was put into it, and may have been taken out since.
    children: Vec<usize>,
    /// How deep it lies where it was put last, the moves of those above it apart.
    depth: usize,
    is_integration_point: bool,
}

impl Shape {
    fn new() -> Self {
        let shape = Self { nodes: RefCell::default(), deepest: Cell::new(0) };
        shape.create(QualName::new(None, ns!(), local_name!("")), false);
        shape
    }

    fn n_nodes(&self) -> usize {
        self.nodes.borrow().len()
    }

    fn create(&self, name: QualName, is_integration_point: bool) -> usize {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(Node {
            name,
            parent: None,
            children: Vec::new(),
            depth: 0,
            is_integration_point,
        });
        nodes.len() - 1
    }

    fn put(&self, parent: usize, child: &NodeOrText<usize>) {
        let NodeOrText::AppendNode(child) = child else { return };
        let mut nodes = self.nodes.borrow_mut();
        let depth = nodes[parent].depth + 1;
        nodes[parent].children.push(*child);
        nodes[*child].parent = Some(parent);
        nodes[*child].depth = depth;
        self.deepest.set(self.deepest.get().max(depth));
    }

    /// The depth of the deepest node, whatever was moved.
    fn true_depth(&self) -> usize {
        let nodes = self.nodes.borrow();
        let mut depths: Vec<Option<usize>> = vec![None; nodes.len()];
        let mut above = Vec::new();
        for node in 0..nodes.len() {
            let mut at = node;
            while depths[at].is_none() {
                above.push(at);
                match nodes[at].parent {
                    Some(parent) => at = parent,
                    None => break,
                }
            }
            let mut depth = depths[at].map_or(0, |depth| depth + 1);
            while let Some(node) = above.pop() {
                depths[node] = Some(depth);
                depth += 1;
            }
        }
        depths.into_iter().flatten().max().unwrap_or_default()
    }
}

impl TreeSink for Shape {
    type Handle = usize;
    type Output = Self;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Self {
        self
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> usize {
        0
    }

    fn elem_name<'a>(&'a self, target: &'a usize) -> Ref<'a, QualName> {
        Ref::map(self.nodes.borrow(), |nodes| &nodes[*target].name)
    }

    fn create_element(&self, name: QualName, _: Vec<Attribute>, flags: ElementFlags) -> usize {
        self.create(name, flags.mathml_annotation_xml_integration_point)
    }

    fn create_comment(&self, _text: StrTendril) -> usize {
        self.create(QualName::new(None, ns!(), local_name!("")), false)
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> usize {
        self.create(QualName::new(None, ns!(), local_name!("")), false)
    }

    fn append(&self, parent: &usize, child: NodeOrText<usize>) {
        self.put(*parent, &child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &usize,
        before: &usize,
        child: NodeOrText<usize>,
    ) {
        let parent = self.nodes.borrow()[*element].parent;
        self.put(parent.unwrap_or(*before), &child);
    }

    fn append_before_sibling(&self, sibling: &usize, child: NodeOrText<usize>) {
        let parent = self.nodes.borrow()[*sibling].parent;
        self.put(parent.unwrap_or(0), &child);
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// What stands in a template is taken to lie in it.
    fn get_template_contents(&self, target: &usize) -> usize {
        *target
    }

    fn same_node(&self, one: &usize, other: &usize) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn add_attrs_if_missing(&self, _target: &usize, _attributes: Vec<Attribute>) {}

    fn remove_from_parent(&self, target: &usize) {
        self.nodes.borrow_mut()[*target].parent = None;
    }

    fn reparent_children(&self, node: &usize, new_parent: &usize) {
        let children = std::mem::take(&mut self.nodes.borrow_mut()[*node].children);
        for child in children {
            let parent = self.nodes.borrow()[child].parent;
            if parent == Some(*node) {
                self.put(*new_parent, &NodeOrText::AppendNode(child));
            }
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, target: &usize) -> bool {
        self.nodes.borrow()[*target].is_integration_point
    }
}

#[cfg(test)]
mod tests {
    use super::{PageShape, shape_of};

    #[track_caller]
    fn check(html: &str, expected: PageShape) {
        assert_eq!(shape_of(html, 20_000, 1000), expected);
    }

    #[test]
    fn pages_without_end_tags_may_be_flat() {
        check("", PageShape::Usual);
        check(&"<p>text <br> <img src=x><li>".repeat(3000), PageShape::Usual);
        check(&"<table><tr><td><font>x<td><b>y</table>".repeat(1000), PageShape::Usual);
        check(&"<script>'<b><b>'</script><!-- <div> --><a name=x>".repeat(3000), PageShape::Usual);
    }

    #[test]
    fn end_tags_of_others_and_odd_elements_do_not_hide_depth() {
        for part in [
            "<div>",
            "<div></x>",
            "<div/>",
            "<div><!-- </div> -->",
            "<div title='</div>'>",
            "<b><div></b>",
            "<div><object></div>",
            "<svg><td>",
            "<path>",
            "<optgroup>",
            "<rt>",
        ] {
            check(&format!("<svg>{}", part.repeat(5000)), PageShape::TooDeep);
            check(&format!("<html><body>{}", part.repeat(5000)), PageShape::TooDeep);
        }
    }

    #[test]
    fn a_small_page_of_many_elements_is_too_large() {
        let part = |n: usize| format!("<p><b a={n}></p>");
        check(&(0..5000).map(part).collect::<String>(), PageShape::TooLarge);
        check(&"<p>x".repeat(50_000), PageShape::TooLarge);
    }
}
