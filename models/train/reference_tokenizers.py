"""Makes tiny tokenizers of each kind and what they give for whole texts, which the Rust code is tested against.

    python reference_tokenizers.py [../../tests/fixtures/tokenizers]
"""
import json
import sys
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

TEXTS = (
    "", " ", "The official said no.", "“No,” Peskov said.", "He didn't say \"no\".", "U.S.-led talks (in Kiev)...", "  two  spaces\nand a line ",
    "Čapek paid €5m, not $5.", "É cafe\u0301 x\u200by", "北京 said: 对", "👩\u200d👧 agreed", "<s> [SEP] </s>", "x" * 40, "a\tb\u00a0c", "ﬁne Ⅳ ½",
    "said'said said’s", "\u0000 nul", "don’t — won’t",
)
PAIRS = (("The official said no.", "China"), ("“No,”", "it said so."))


def corpus():
    lines = (Path(__file__).parents[2] / "data/sample/articles.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["text"] for line in lines]


def wordpiece(cased):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=not cased)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer.train_from_iterator(corpus(), trainers.WordPieceTrainer(vocab_size=300, special_tokens=specials, show_progress=False))
    ends = [(piece, tokenizer.token_to_id(piece)) for piece in ("[CLS]", "[SEP]")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS]:0 $A:0 [SEP]:0", pair="[CLS]:0 $A:0 [SEP]:0 $B:1 [SEP]:1", special_tokens=ends)
    return tokenizer


def byte_level(prefix_space):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=prefix_space)
    tokenizer.decoder = decoders.ByteLevel()
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(corpus(), trainers.BpeTrainer(vocab_size=420, special_tokens=specials, initial_alphabet=alphabet, show_progress=False))
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), trim_offsets=True, add_prefix_space=prefix_space)
    return tokenizer


def unigram():
    """As XLM-R has it: NFKC, white space run together, `▁` before each word."""
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    tokenizer.decoder = decoders.Metaspace()
    specials = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    tokenizer.train_from_iterator(corpus(), trainers.UnigramTrainer(vocab_size=300, special_tokens=specials, unk_token="<unk>", show_progress=False))
    ends = [(piece, tokenizer.token_to_id(piece)) for piece in ("<s>", "</s>")]
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", pair="<s> $A </s> </s> $B </s>", special_tokens=ends)
    return tokenizer


def byte_offsets(text, spans):
    """Python counts characters, Rust bytes; white space before a piece is not part of it."""
    found = []
    for start, end in spans:
        while start < end and text[start].isspace():
            start += 1
        found.append([len(text[:start].encode()), len(text[:end].encode())])
    return found


def main():
    out = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parents[2] / "tests/fixtures/tokenizers")
    kinds = {"wordpiece": wordpiece(False), "wordpiece-cased": wordpiece(True), "byte-level": byte_level(False),
             "byte-level-prefix": byte_level(True), "unigram": unigram()}
    for name, tokenizer in kinds.items():
        folder = out / name
        folder.mkdir(parents=True, exist_ok=True)
        tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
        tokenizer.encode_special_tokens = True
        texts = []
        for text in TEXTS:
            encoding = tokenizer.encode(text, add_special_tokens=False)
            texts.append({"text": text, "ids": encoding.ids, "spans": byte_offsets(text, encoding.offsets)})
        pairs = []
        for first, second in PAIRS:
            encoding = tokenizer.encode(first, second)
            pairs.append({"first": first, "second": second, "ids": encoding.ids, "types": encoding.type_ids})
        # One word after a space, as taggers that were trained on words read it.
        words = [{"word": word, "ids": tokenizer.encode([word] if not name.startswith("byte-level") else [f" {word}" if name == "byte-level" else word],
                                                        is_pretokenized=True, add_special_tokens=False).ids}
                 for word in ("The", "said", ".", "”", "Peskov", "北京", "€")]
        lines = [f'"{key}": [\n' + ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n]"
                 for key, rows in (("texts", texts), ("pairs", pairs), ("words", words))]
        (folder / "reference.json").write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
