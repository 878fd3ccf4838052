import Foundation
import Testing

@testable import TorchBackend

/// What Python answers is understood, and nothing in it is trusted.
@Suite struct TorchAnswerTests {
  private static let json = """
    {"models": [{"name": "a\\u001b[31m", "dataset": "digits", "specification": "py:a.py:f",
      "layers": ["conv", "fc"], "shapes": [[4], [2]], "kinds": ["Conv2d", "Linear"],
      "folded": {"": "same as fc"}, "parameters": 120}],
     "samples": [128, 57], "seconds_per_minibatch": 0.5, "peak_bytes": 1000000, "device": "cpu",
     "versions": {"torch": "2.13.0", "timm": null}, "taken": ["axes: 2\\u0007"],
     "warnings": ["slow\\nline"]}
    """

  private func description(_ old: String = "", _ new: String = "") throws -> TorchDescription {
    let text = old.isEmpty ? Self.json : Self.json.replacing(old, with: new)
    return try TorchDescription(json: Data(text.utf8))
  }

  @Test func aDescriptionIsRead() throws {
    let answer = try description()
    let model = try #require(answer.models.first)
    #expect(model.name == #"a\u{1B}[31m"# && model.dataset == "digits")
    #expect(model.layers == ["conv", "fc"] && model.folded == ["": "same as fc"])
    #expect(model.parameters == 120 && answer.sampleCounts == [128, 57])
    #expect(answer.secondsPerMinibatch == 0.5 && answer.peakBytes == 1_000_000)
    #expect(answer.versions == ["torch": "2.13.0"] && answer.warnings == [#"slow\nline"#])
    #expect(answer.taken == [#"axes: 2\u{7}"#])
  }

  @Test(
    "Numbers that mean nothing are left out",
    arguments: [
      ("0.5", "-1"), ("1000000", "-5"), ("1000000", "1e300"), ("\"peak_bytes\": 1000000,", ""),
    ])
  func oddNumbers(_ old: String, _ new: String) throws {
    let answer = try description(old, new)
    #expect(answer.secondsPerMinibatch == nil || answer.peakBytes == nil)
  }

  @Test(
    "What is no description is refused",
    arguments: [
      (json, ""), (json, "[]"), ("\"a\\u001b[31m\"", "3"),
      ("[\"conv\", \"fc\"]", "\"conv\""), ("[128, 57]", "[1.5]"), ("[128, 57]", "[1e99]"),
    ])
  func noDescription(_ old: String, _ new: String) {
    #expect(throws: (any Error).self) { try description(old, new) }
  }

  @Test func aReportIsRead() throws {
    let report = try PythonReport(
      json: Data(
        """
        {"interpreter": "/p", "python": "3.11.2", "packages": {"torch": "2.13.0", "timm": null},
         "failures": {"timm": "ImportError: no\\nway"}, "cuda": ["GPU\\u0007"], "problems": []}
        """.utf8))
    #expect(report.python == "3.11.2" && report.packages == ["torch": "2.13.0", "timm": nil])
    #expect(report.failures == ["timm": #"ImportError: no\nway"#])
    #expect(report.devices == [#"GPU\u{7}"#] && report.problems.isEmpty)
    #expect(throws: (any Error).self) { try PythonReport(json: Data("{}".utf8)) }
  }
}
