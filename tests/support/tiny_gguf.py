"""Writes a tiny llama model of random weights, so that a real llama.cpp server can run in a test. Its text is garbage by design."""

from pathlib import Path

import gguf
import numpy as np
from numpy.typing import NDArray

_WIDTH, _HEADS, _LAYERS, _INNER, _CONTEXT = 64, 4, 2, 128, 32_768
_KANJI = "。、「」ー年月日円歳市役所児童手当申請受給子育支援保険電話課届出書類期限口座"
_Array = NDArray[np.float32]


def write(path: Path, *, seed: int = 0) -> Path:
    """The model file: whole characters only, about 600 KB."""
    generator = np.random.default_rng(seed)
    words = _vocabulary()
    writer = gguf.GGUFWriter(str(path), "llama")
    _header(writer)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([text.encode() for text, _, _ in words])
    writer.add_token_scores([score for _, score, _ in words])
    writer.add_token_types([int(kind) for _, _, kind in words])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_add_bos_token(True)
    writer.add_add_eos_token(False)
    writer.add_chat_template("{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}assistant: ")
    _weights(writer, generator, words)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _vocabulary() -> list[tuple[str, float, gguf.TokenType]]:
    kinds = gguf.TokenType
    words = [("<unk>", 0.0, kinds.UNKNOWN), ("<s>", 0.0, kinds.CONTROL), ("</s>", 0.0, kinds.CONTROL)]
    words += [(f"<0x{byte:02X}>", 0.0, kinds.BYTE) for byte in range(256)]
    letters = [chr(code) for code in range(0x21, 0x7F)] + ["\u2581"]
    letters += [chr(code) for code in (*range(0x3041, 0x3094), *range(0x30A1, 0x30F7))] + list(_KANJI)
    return words + [(text, -float(index + 1), kinds.NORMAL) for index, text in enumerate(dict.fromkeys(letters))]


def _header(writer: gguf.GGUFWriter) -> None:
    writer.add_name("tiny-random")
    writer.add_context_length(_CONTEXT)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_INNER)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_vocab_size(len(_vocabulary()))
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)


def _weights(
    writer: gguf.GGUFWriter, generator: np.random.Generator, words: list[tuple[str, float, gguf.TokenType]]
) -> None:
    def random(*shape: int, scale: float = 0.2) -> _Array:
        return (generator.standard_normal(shape) * scale).astype(np.float32)

    plain = next(index for index, (_, _, kind) in enumerate(words) if kind == gguf.TokenType.NORMAL)
    embedding = random(len(words), _WIDTH, scale=1.0)
    embedding[:, 0] = 4.0  # a constant no block writes to: bytes and special tokens are held down through it
    output = random(len(words), _WIDTH, scale=0.5)
    output[:, 0] = 0.0
    output[:plain, 0] = -100.0
    output[2, 0] = 0.0  # the end stays possible
    writer.add_tensor("token_embd.weight", embedding)
    writer.add_tensor("output_norm.weight", np.ones(_WIDTH, np.float32))
    writer.add_tensor("output.weight", output)
    for layer in range(_LAYERS):
        for norm in ("attn_norm", "ffn_norm"):
            writer.add_tensor(f"blk.{layer}.{norm}.weight", np.ones(_WIDTH, np.float32))
        for name, shape in (
            ("attn_q", (_WIDTH, _WIDTH)), ("attn_k", (_WIDTH, _WIDTH)), ("attn_v", (_WIDTH, _WIDTH)),
            ("attn_output", (_WIDTH, _WIDTH)), ("ffn_gate", (_INNER, _WIDTH)), ("ffn_up", (_INNER, _WIDTH)),
            ("ffn_down", (_WIDTH, _INNER)),
        ):  # fmt: skip
            tensor = random(*shape)
            if name in {"attn_output", "ffn_down"}:
                tensor[0, :] = 0.0
            writer.add_tensor(f"blk.{layer}.{name}.weight", tensor)
