//! The few words that Markdown itself adds to a page, in the language of the page.

use std::sync::LazyLock;

use regex::Regex;

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

/// Whether the text of a link or a button says nothing of where it leads (WCAG 2.4.4): “here”, “read more”, an arrow.
#[must_use]
pub fn is_vague(text: &str) -> bool {
    static VAGUE: LazyLock<Regex> = LazyLock::new(|| {
        let words = r"(?ix)^(?:
            (?:(?:vajuta|kliki|klõpsa|vaata|loe|tutvu|ava|leia|info|lisainfo)(?:ge|ke)?\s+|klikkige\s+|vaadake\s+|lugege\s+|avage\s+)?
                (?:siin|siit|siia|edasi|lisaks|lähemalt|rohkem|veel|täpsemalt|rohkem\ infot|lisainfot)
            |(?:vaata|loe|ava)(?:ge)?|vaadake|lugege
            |(?:lisa|rohkem\ |täpsem\ )(?:info|infot|teave|teavet)|info
            |(?:(?:sel|sellel|selle|siit|siin|antud|järgmisel|siinsel)\s+)?(?:link|lingil|lingilt|lingile|lehel|lehelt|aadressil)
            |(?:click\ |see\ |look\ |link\ )?here|(?:read|learn|see|find\ out|view|show)\ more|more(?:\ (?:info|information|details))?
            |(?:this\ )?(?:link|page)|details|go|open|view|continue
            |(?:нажмите\ |смотрите\ )?(?:здесь|тут|сюда)|подробнее|подробности|читать\ (?:далее|дальше|подробнее)
            |(?:по\ )?(?:этой\ )?ссылк[аеу]|далее|ещё|больше
            )$";
        // The pattern is part of the program; the tests use it.
        Regex::new(words).expect("a valid pattern")
    });
    let words = text.trim_matches(|c: char| !c.is_alphanumeric());
    // An arrow or other signs alone; a text that is empty is another matter.
    words.is_empty() && !text.trim().is_empty() || words.len() <= 48 && VAGUE.is_match(words)
}
