"""Language models of transformers from their configurations, and texts of different lengths."""

import torch
from transformers import GPT2Config, GPT2Model

LENGTH, TEXTS, WORDS = 11, 80, 60


def gpt(width=24):
    """GPT-2, whose linear maps over tokens are of a class that is called Conv1D."""
    return GPT2Model(
        GPT2Config(
            vocab_size=WORDS,
            n_positions=16,
            n_embd=width,
            n_layer=2,
            n_head=2,
            bos_token_id=0,
            eos_token_id=0,
        )
    )


def texts():
    """Token numbers with their mask; what is padding is 0."""
    generator = torch.Generator().manual_seed(2)
    lengths = torch.randint(2, LENGTH + 1, (TEXTS,), generator=generator)
    # Each text has a subject that its words come from, or rows would have nothing in common.
    subjects = torch.randint(1, WORDS - 8, (TEXTS, 1), generator=generator)
    ids = subjects + torch.randint(0, 8, (TEXTS, LENGTH), generator=generator)
    mask = (torch.arange(LENGTH)[None] < lengths[:, None]).long()
    return {"input_ids": ids * mask, "attention_mask": mask}
