import Testing

@testable import Core

private let layers = [
  "conv1", "bn1", "relu", "layer1.0.conv1", "layer1.0.bn1", "layer1.0.relu", "layer1.0.conv2",
  "Layer2.0.Conv1", "fc", "",
]

private func chosen(_ text: String) throws -> [String] {
  let filter = try LayerFilter(text)
  return filter.indices(of: layers).map { layers[$0] }
}

@Suite struct LayerFilterTests {
  @Test func matchesAllWithoutATerm() throws {
    for text in ["", "  ", "!", " ! "] {
      #expect(try chosen(text) == layers)
      #expect(try LayerFilter(text).isEmpty)
    }
  }

  @Test(arguments: [
    ("conv1", ["Layer2.0.Conv1", "conv1", "layer1.0.conv1"]),
    ("LAYER1 conv", ["layer1.0.conv1", "layer1.0.conv2"]),
    ("conv !layer", ["conv1"]),
    ("nowhere", []),
    ("layer1.*", ["layer1.0.bn1", "layer1.0.conv1", "layer1.0.conv2", "layer1.0.relu"]),
    ("*.conv?", ["Layer2.0.Conv1", "layer1.0.conv1", "layer1.0.conv2"]),
    ("*conv[2-9]", ["layer1.0.conv2"]),
    ("*.conv[!2]", ["Layer2.0.Conv1", "layer1.0.conv1"]),
    ("!*bn* !relu !conv", ["", "fc"]),
    ("/^conv/", ["conv1"]),
    ("/bn\\d$/ !/^layer/", ["bn1"]),
    ("/(?i)layer2.*conv/", ["Layer2.0.Conv1"]),
    ("/^$/", [""]),
  ])
  func chooses(text: String, names: [String]) throws {
    #expect(try chosen(text).sorted() == names)
  }

  @Test func findsSpacesAndSlashesByRegularExpression() throws {
    let filter = try LayerFilter("/block 1\\/conv/ b")
    #expect(filter.matches("block 1/conv"))
    #expect(!filter.matches("block 1.conv"))
  }

  @Test(arguments: ["/conv", "block/", "//", "a/b"])
  func takesAnUnfinishedRegularExpressionAsText(text: String) throws {
    #expect(try LayerFilter(text).matches("x\(text)x"))
    #expect(try !LayerFilter(text).matches("conv"))
  }

  @Test(arguments: ["/(/", "/[a-/", "/*/", "/a{2,1}/", "conv /(\u{1B}/"])
  func saysInOneLineWhatIsWrong(text: String) throws {
    let error = try #require(throws: LayerFilterError.self) { try LayerFilter(text) }
    #expect(error.description.hasPrefix("regular expression /"))
    #expect(!error.description.contains("\n") && !error.description.contains("\u{1B}"))
  }

  @Test func walksToTheNextMatchAndRound() throws {
    let filter = try LayerFilter("conv")  // 0, 3, 6, 7
    #expect(filter.next(after: 0, in: layers) == 3)
    #expect(filter.next(after: 4, in: layers) == 6)
    #expect(filter.next(after: 7, in: layers) == 0)
    #expect(filter.next(after: 0, in: layers, backward: true) == 7)
    #expect(filter.next(after: 5, in: layers, backward: true) == 3)
    #expect(try LayerFilter("nowhere").next(after: 2, in: layers) == nil)
    #expect(try LayerFilter("fc").next(after: 8, in: layers) == 8)
  }

  @Test func isEqualWhenWrittenAlike() throws {
    #expect(try LayerFilter("/a/") == LayerFilter("/a/"))
    #expect(try LayerFilter("a") != LayerFilter("b"))
  }

  @Test(arguments: [
    ("a*b*c", "aXbYbc", true), ("a*b*c", "aXbY", false), ("*", "", true), ("?", "", false),
    ("**", "abc", true), ("a[", "a[", true), ("[]]", "]", true), ("[!]]", "]", false),
    ("[^a]", "b", true), ("[a-]", "-", true), ("[c-a]", "b", true), ("a]*", "a]b", true),
    ("[]", "[]", true), ("[a", "b", false), ("é*", "éa", true),
  ])
  func matchesGlobs(pattern: String, text: String, matches: Bool) {
    let glob = Glob(Array(pattern.unicodeScalars))
    #expect(glob.matches(Array(text.unicodeScalars)) == matches)
  }

  @Test func staysQuickOnHardGlobs() {
    let text = Array(String(repeating: "a", count: 512).unicodeScalars)
    let hard = String(repeating: "*a", count: 100) + "*b"
    #expect(!Glob(Array(hard.unicodeScalars)).matches(text))
  }
}
