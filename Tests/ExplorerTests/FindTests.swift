import Cells
import Core
import Testing

@testable import Explorer

@Suite("Finding layers")
struct FindTests {
  private static func scene() -> Scene {
    var scene = Scene([Sample.pair()], 100, 24)
    scene.press("2")
    return scene
  }

  @Test("the crosshair jumps to the first match as one types, rows before columns")
  func typing() {
    var scene = Self.scene()
    scene.press("/")
    scene.type("avg")
    #expect(scene.names == "avgpool × layer2.0.conv1")
    scene.press("Enter")
    #expect(scene.footer == " row avgpool   match 1 of 2   n next, N previous")
    scene.press("n")
    #expect(scene.names == "avgpool × avgpool")
    #expect(scene.footer.hasPrefix(" column avgpool   match 2 of 2"))
  }

  @Test("n and N go round all matches")
  func around() {
    var scene = Self.scene()
    scene.press("/")
    scene.type("downsample")
    scene.press("Enter n n")
    #expect(scene.footer.contains("match 1 of 2"))
    scene.press("N")
    #expect(scene.footer.contains("match 2 of 2"))
  }

  @Test("leaving puts the crosshair back")
  func cancel() {
    var scene = Self.scene()
    let names = scene.names
    scene.press("/")
    scene.type("fc")
    #expect(scene.names != names)
    scene.press("Esc")
    #expect(scene.names == names)
  }

  @Test("no match is said, while typing and after, and moves nothing")
  func none() {
    var scene = Self.scene()
    let names = scene.names
    scene.press("/")
    scene.type("attention")
    #expect(scene.footer.contains("no layer matches"))
    scene.press("Enter")
    #expect(scene.footer == " no layer matches attention" && scene.names == names)
    scene.press("n")
    #expect(scene.footer == " no layer matches attention" && scene.names == names)
  }

  @Test("n before anything was looked for says how to look")
  func nothingYet() {
    var scene = Self.scene()
    scene.press("n")
    #expect(scene.footer == " nothing to find yet: / looks for a layer")
  }

  @Test("in the next pair n begins with the first match, N with the last")
  func nextPair() {
    for (key, match) in [("n", "match 1 of 4"), ("N", "match 4 of 4")] {
      var scene = Scene([Sample.pair(), Sample.pair("C", "D", path: "runs/other.pkl")], 100, 24)
      scene.press("2 /")
      scene.type("layer2*bn?")
      scene.press("Enter n ] \(key)")
      #expect(scene.footer.contains(match))
    }
  }

  @Test("another pair that arrives while one types does not leave the crosshair outside")
  func arrives() {
    var scene = Scene(
      [
        Sample.telling(50, 50, "A", "B", path: "x/1.pkl"),
        Sample.telling(2, 2, "C", "D", path: "x/2.pkl"),
      ], 100, 24)
    scene.isSlow = true
    scene.press("2 ] /")
    scene.type("r")
    scene.answer()
    scene.press("Esc")
    #expect(scene.pair == "C × D" && scene.value == 1.001)
  }
}
