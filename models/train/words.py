"""Words, case types and pieces, exactly as the Rust side makes them."""
import regex
from tokenizers import Tokenizer

WORD = regex.compile(r"[\p{L}\p{N}\p{M}\p{Cf}]+|[^\s]")
BREAK = "\n"  # the pseudo-word between paragraphs; becomes the separator piece


def words(text):
    """Gives `(start, end)` of every word of `text`, in characters."""
    return [m.span() for m in WORD.finditer(text)]


def case_type(word):
    """0 lower or uncased, 1 Capitalised, 2 UPPER, 3 miXed."""
    cased = [c for c in word if c.isupper() or c.islower()]
    if not any(c.isupper() for c in cased):
        return 0
    if cased[0].isupper() and not any(c.isupper() for c in cased[1:]):
        return 1
    return 2 if all(c.isupper() for c in cased) else 3


class Pieces:
    """Turns words into piece ids and token types; remembers words it has seen."""

    def __init__(self, path):
        self.tokenizer = Tokenizer.from_file(str(path))
        self.tokenizer.no_truncation()
        self.tokenizer.no_padding()
        self.cls, self.sep, self.unk, self.mask, self.pad = map(
            self.tokenizer.token_to_id, ("[CLS]", "[SEP]", "[UNK]", "[MASK]", "[PAD]"))
        self.seen = {}

    def id(self, piece):
        found = self.tokenizer.token_to_id(piece)
        assert found is not None, piece
        return found

    def of(self, word):
        """Gives `(ids, type)` of a word; a line break is the separator piece."""
        if word not in self.seen:
            if word == BREAK:
                self.seen[word] = ([self.sep], 0)
            else:
                ids = self.tokenizer.encode(word, add_special_tokens=False).ids
                self.seen[word] = (ids or [self.unk], case_type(word))
        return self.seen[word]
