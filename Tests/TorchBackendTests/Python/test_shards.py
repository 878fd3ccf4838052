"""Which minibatches a shard has, and what shards agree on."""

import json
import os
import tempfile
import unittest
from unittest import mock

from cka_torch.refusal import Refusal
from cka_torch.shards import Agreement, seen, split, wanted


class ShardTests(unittest.TestCase):
    def test_all_shards_are_the_whole(self) -> None:
        for total, count in ((0, 3), (1, 4), (100, 7), (4097, 64)):
            parts = split(total, count)
            self.assertEqual([i for part in parts for i in part], list(range(total)))

    def test_bounds_are_those_of_swift(self) -> None:
        # ShardChoiceTests has the same numbers.
        self.assertEqual([p.start for p in split(100, 3)], [0, 32, 68])
        self.assertEqual([p.start for p in split(1000, 4)], [0, 256, 496, 752])

    def test_the_environment_says_which(self) -> None:
        with mock.patch.dict(os.environ, {"CKA_BACKEND_SHARD": "2/3", "CKA_BACKEND_SEEN": "4"}):
            self.assertEqual(wanted(100), split(100, 3)[1])
            self.assertEqual(seen(), 4)
        with mock.patch.dict(os.environ, {"CKA_BACKEND_SHARD": ""}):
            self.assertIsNone(wanted(100))
        for text in ("0/3", "4/3", "x", "1/"):
            with (
                mock.patch.dict(os.environ, {"CKA_BACKEND_SHARD": text}),
                self.assertRaises(Refusal),
            ):
                wanted(100)

    def test_an_agreement_is_read_back(self) -> None:
        agreement = Agreement({"a": ["x", "y"]}, {"a": {"z": "y"}}, {"a": True})
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"backend": agreement.text}, file)
            file.flush()
            with mock.patch.dict(os.environ, {"CKA_BACKEND_PLAN": file.name}):
                self.assertEqual(Agreement.read(), agreement)
            file.write("rubbish")
            file.flush()
            with (
                mock.patch.dict(os.environ, {"CKA_BACKEND_PLAN": file.name}),
                self.assertRaises(Refusal),
            ):
                Agreement.read()


if __name__ == "__main__":
    unittest.main()
