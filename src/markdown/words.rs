//! The few words that Markdown itself adds to a page, in the language of the page.

use crate::language::Lang;

pub(super) struct Words {
    pub(super) note: &'static str,
    pub(super) tip: &'static str,
    pub(super) important: &'static str,
    pub(super) warning: &'static str,
    pub(super) caution: &'static str,
    pub(super) table: &'static str,
    pub(super) done: &'static str,
    pub(super) to_do: &'static str,
    pub(super) footnote: &'static str,
    pub(super) footnotes: &'static str,
    pub(super) back: &'static str,
}

const ET: Words = Words {
    note: "Märkus",
    tip: "Nõuanne",
    important: "Oluline",
    warning: "Hoiatus",
    caution: "Ettevaatust",
    table: "Tabel",
    done: "tehtud",
    to_do: "tegemata",
    footnote: "Joonealune märkus",
    footnotes: "Joonealused märkused",
    back: "Tagasi teksti juurde, viide",
};

const EN: Words = Words {
    note: "Note",
    tip: "Tip",
    important: "Important",
    warning: "Warning",
    caution: "Caution",
    table: "Table",
    done: "done",
    to_do: "not done",
    footnote: "Footnote",
    footnotes: "Footnotes",
    back: "Back to the text, reference",
};

const RU: Words = Words {
    note: "Примечание",
    tip: "Совет",
    important: "Важно",
    warning: "Предупреждение",
    caution: "Осторожно",
    table: "Таблица",
    done: "выполнено",
    to_do: "не выполнено",
    footnote: "Сноска",
    footnotes: "Сноски",
    back: "Назад к тексту, ссылка",
};

/// The words of `lang`, or English where there are none.
pub(super) fn words(lang: Lang) -> &'static Words {
    match lang {
        Lang::ET => &ET,
        Lang::RU => &RU,
        _ => &EN,
    }
}

/// Texts of links that say nothing of where they lead (WCAG 2.4.4).
const VAGUE: &[&str] = &[
    "siin",
    "siit",
    "siia",
    "vajuta siia",
    "kliki siia",
    "vaata siit",
    "loe siit",
    "loe edasi",
    "loe lisaks",
    "link",
    "here",
    "click here",
    "read more",
    "more",
    "link here",
    "здесь",
    "тут",
    "сюда",
    "нажмите здесь",
    "подробнее",
    "ссылка",
];

/// Whether the text of a link says nothing of where it leads.
pub(super) fn is_vague(text: &str) -> bool {
    // The longest of them has 14 letters.
    text.len() <= 40 && {
        let text = text.to_lowercase();
        VAGUE.contains(&text.trim_matches(|c: char| !c.is_alphanumeric()))
    }
}
