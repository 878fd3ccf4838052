"""As `with_torchvision`, for tests that run language models."""

import with_torchvision
from cka_torch.libraries import need

transformers = need("transformers", "a test")
MODULES = [with_torchvision, transformers.BertModel, transformers.GPT2Model]
