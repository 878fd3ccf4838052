import Core
import Testing

@Suite("Names that may have been meant")
struct NearNamesTests {
  private static let layers = ["conv1", "layer1.0.conv1", "layer1.0.conv2", "fc", "avgpool"]

  @Test(
    "a letter wrong, missing, added or swapped", arguments: ["conw1", "onv1", "convv1", "cnov1"])
  func slips(_ text: String) {
    #expect(NearNames.near(text, among: Self.layers) == ["conv1"])
  }

  @Test("case and separators count as nothing") func separators() {
    #expect(NearNames.near("Layer1-0-Conv2", among: Self.layers).first == "layer1.0.conv2")
  }

  @Test("the beginning of a name, and a name with more behind it") func beginnings() {
    #expect(NearNames.near("avg", among: Self.layers) == ["avgpool"])
    #expect(NearNames.near("avgpool.flatten", among: Self.layers) == ["avgpool"])
  }

  @Test("what is like nothing suggests nothing", arguments: ["", "zz", "transformer", "x", "-_."])
  func strangers(_ text: String) {
    #expect(NearNames.near(text, among: Self.layers).isEmpty)
    #expect(NearNames.question(text, among: Self.layers).isEmpty)
  }

  @Test("at most three, the nearest first, none twice") func most() {
    let names = ["resnet101", "resnet18", "resnet34", "resnet50", "resnet50", "resnet152"]
    #expect(NearNames.near("resnet51", among: names) == ["resnet50", "resnet101", "resnet18"])
    #expect(
      NearNames.question("resnet51", among: Array(names[3...4])) == "did you mean 'resnet50'? ")
    #expect(
      NearNames.question("ab", among: ["aa", "bb"]) == "did you mean 'aa' or 'bb'? ")
  }

  @Test("hostile names cost little, and come out as safe text") func hostile() {
    let long = String(repeating: "a", count: 1_000_000)
    #expect(NearNames.near("b" + long, among: [long]).count == 1)
    #expect(
      NearNames.question("red", among: ["re\u{1B}[31md\u{202E}"]).unicodeScalars.allSatisfy {
        $0.value >= 0x20 && $0.value != 0x202E
      })
  }
}
