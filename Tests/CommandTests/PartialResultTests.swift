import Foundation
import Formats
import Similarity
import TestSupport
import Testing

/// An unfinished run says so wherever it goes.
@Suite struct PartialResultTests {
  private let place: Place

  init() throws {
    place = try Place()
    let model = StudyModel(name: "net", layers: (0..<3).map { StudyLayer(name: "layer\($0)") })
    var study = Study(models: [model], options: StudyOptions())
    for number in 1...3 {
      let spread = 0.1 * Double(number)
      study.add(samples: 16, hsic: [1, 0.5 + spread, 0.2, 1, 0.4, 1])
    }
    var provenance = StudyProvenance()
    provenance.plannedMinibatches = 8
    try Data(try ResultBundle.encode(study, provenance: provenance))
      .write(to: URL(filePath: place.path("run.cka.safetensors")))
  }

  private let line = "partial: 3 of 8 minibatches so far"

  @Test(
    "Every way out tells it on standard error",
    arguments: [
      ["show"], ["export", "-o", "x.png"], ["export", "--raw", "-o", "x.ppm"],
      ["export", "-o", "x.csv"], ["export", "-o", "x.npy"], ["export", "-o", "x.npz"],
      ["export", "--view", "pairs", "-o", "x.svg"], ["match"], ["match", "--json"],
    ])
  func everyWayOut(_ words: [String]) throws {
    let rest = words.dropFirst().map { "'\($0)'" }.joined(separator: " ")
    let outcome = try place.shell("cka \(words[0]) run.cka.safetensors \(rest)")
    #expect(outcome.status == 0, "\(outcome.complaints)")
    #expect(outcome.complaints.contains(line), "\(outcome.complaints)")
  }

  @Test("The names of files say it, as neither CSV nor npy has room for it")
  func fileNames() throws {
    for format in ["csv", "npy", "png"] {
      let outcome = try place.cka("export", "run.cka.safetensors", "--format", format)
      #expect(outcome.complaints.hasSuffix("cka: wrote run-net___net-layers-partial.\(format)\n"))
    }
  }

  @Test("A figure says it in its title and its caption")
  func figure() throws {
    let svg = try place.cka("export", "run.cka.safetensors", "--format", "svg", "-o", "-").text
    #expect(svg.contains("net × net (partial)"))
    #expect(svg.contains("Partial: 3 of 8 minibatches so far."))
  }

  @Test("JSON and info tell it in a field; what is converted keeps it")
  func fields() throws {
    let json = try place.cka("export", "run.cka.safetensors", "--format", "json", "-o", "-").text
    #expect(json.contains(#""caveats": [{"kind": "partial", "seen": 3, "planned": 8, "#))
    for name in ["a.json", "b.npz"] {
      let outcome = try place.cka("convert", "run.cka.safetensors", "-o", name)
      #expect(outcome.complaints.contains(line))
      let info = try place.cka("info", "--json", name).text
      #expect(info.contains(line), "\(info)")
      #expect(try place.cka("show", name).complaints.contains(line))
    }
    let match = try place.cka("match", "--json", "run.cka.safetensors").text
    #expect(match.contains(#""kind" : "partial""#) && match.contains(#""planned" : 8"#))
  }

  @Test("The explorer says it in the list, in the title, beside the value, and to the clipboard")
  func explorer() throws {
    let outcome = try place.cka(
      "--keys", "", "--size", "120x40", "--dump-screen", "-", "run.cka.safetensors")
    #expect(outcome.status == 0, "\(outcome.complaints)")
    #expect(outcome.text.contains("partial 3×3"))
    #expect(outcome.text.contains(line))
    #expect(
      outcome.text.split(separator: "\n").contains {
        $0.contains("row ") && $0.contains("partial")
      })
  }

  @Test(
    "Labels in doubt are told the same way by every way out",
    arguments: [
      "show", "export -o x.png", "export -o x.ppm", "export -o x.svg", "export -o x.csv",
      "export -o x.json", "export -o x.npz", "convert -o y.csv", "convert -o y.json", "match",
    ])
  func labels(_ words: String) throws {
    let parts = words.split(separator: " ", maxSplits: 1)
    let rest = parts.count > 1 ? parts[1] : ""
    let outcome = try place.shell("cka \(parts[0]) '\(Fixture.layers)' \(rest)")
    #expect(outcome.status == 0)
    #expect(
      outcome.complaints.contains(
        "labels suspect: torch_cka lists layers in registration order, its rows are as executed"),
      "\(outcome.complaints)")
  }
}
