//! Components: their calls, found beforehand, meet the parser's events.

use std::ops::Range;

use super::{
    Call,
    directives::What,
    writer::{Frame, Writer},
};

/// Components within components.
const MAX_COMPONENTS: usize = 16;

impl Writer<'_> {
    /// The first call in a range of the masked text.
    pub(super) fn found_in(&self, at: &Range<usize>) -> Option<usize> {
        let index = self.found.partition_point(|found| found.at.start < at.start);
        self.found.get(index).filter(|found| found.at.start < at.end).map(|_| index)
    }

    /// A call, or the end of one, where the parser found its mask as a block.
    pub(super) fn block_call(&mut self, index: usize) {
        match &self.found[index].what {
            What::Open { colons, .. } => self.open_component(index, *colons),
            What::Close { colons } => self.close_component(index, *colons),
            What::Leaf(_) | What::Inline(_) => self.call(index),
        }
    }

    /// Whether the call at `index` may stand in a sentence.
    pub(super) fn is_inline(&self, index: usize) -> bool {
        matches!(self.found[index].what, What::Inline(_))
    }

    pub(super) fn call_at(&self, index: usize) -> Range<usize> {
        self.found[index].at.clone()
    }

    /// Writes a component that has no body.
    pub(super) fn call(&mut self, index: usize) {
        let call = match &self.found[index].what {
            What::Open { call, .. } | What::Leaf(call) | What::Inline(call) => self.shifted(call),
            What::Close { .. } => return,
        };
        if self.captures > 0 {
            self.plain.push_str(&call.label);
        }
        if self.pictures == 0 {
            let html = self.host.component(&call, None);
            self.out.push_str(&html);
        }
        self.typography.pass("x");
    }

    /// The call with its places counted in the file, and what the text around it decides.
    fn shifted(&self, call: &Call) -> Call {
        let mut call = call.clone();
        call.level = self.outline.last().map_or(self.options.heading_base, |last| last.level + 1).min(6);
        call.at = self.in_file(call.at);
        call.name_at = self.in_file(call.name_at);
        for attribute in &mut call.attributes {
            attribute.at = self.in_file(attribute.at.clone());
        }
        call
    }

    fn open_component(&mut self, index: usize, colons: usize) {
        let at = self.call_at(index);
        match &self.found[index].what {
            What::Open { call, .. } if self.components < MAX_COMPONENTS => {
                let call = self.shifted(call);
                self.components += 1;
                self.frames.push(Frame::Component { colons, call, start: self.out.len(), at });
            }
            _ => self.report("markdown.directive-depth", at, &[("limit", &MAX_COMPONENTS.to_string())]),
        }
    }

    /// `:::` closes the last component opened with as many colons, in the same list item or quote.
    fn close_component(&mut self, index: usize, colons: usize) {
        let is_it = |frame: &Frame| matches!(frame, Frame::Component { colons: opened, .. } if *opened == colons);
        let in_reach = self.frames.iter().rev().take_while(|frame| !frame.is_parsers());
        let Some(above) = in_reach.enumerate().find(|(_, frame)| is_it(frame)).map(|(above, _)| above) else {
            let at = self.call_at(index);
            return self.report("markdown.directive-stray", at, &[]);
        };
        for _ in 0..above {
            self.close_unfinished();
        }
        if let Some(Frame::Component { call, start, .. }) = self.frames.pop() {
            self.end_component(&call, start);
        }
    }

    pub(super) fn end_component(&mut self, call: &Call, start: usize) {
        self.components = self.components.saturating_sub(1);
        let body = self.out.split_off(start);
        let html = self.host.component(call, Some(body));
        self.out.push_str(&html);
    }
}
