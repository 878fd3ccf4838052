import Cells
import Recipe
import Testing

@testable import Explorer

@Suite("The form that starts a comparison")
struct JobsFormTests {
  private func form(_ width: Int = 100, _ height: Int = 30) -> Scene {
    var scene = Scene([Sample.pair()], width, height)
    scene.press("S")
    return scene
  }

  /// Features and output are filled in.
  private func filled() -> Scene {
    var scene = form()
    scene.type("a.npz b.npz")
    scene.press("Down")
    scene.type("ab.cka.safetensors")
    return scene
  }

  private let plain = recipe(
    ["a.npz", "b.npz"], [(.output, "ab.cka.safetensors"), (.batchSize, "128")])

  @Test("says nothing that is so by default")
  func defaults() throws {
    #expect(try filled().state.form.recipe() == plain)
  }

  @Test("every field becomes an option")
  func options() {
    var scene = filled()
    scene.fill(.layers, "!*.bn*")
    scene.fill(.batchSize, "all")
    scene.choose(.estimator)
    scene.fill(.kernel, "rbf:0.5")
    scene.press("Down Space Down")
    #expect(scene.state.form.field == .option(.pool))
    scene.press("Right")
    scene.fill(.axes, "samples,layers,features")
    scene.fill(.layout, "{model}.{layer}")
    scene.fill(.shuffle, "7")
    scene.choose(.weighting, "Left")
    scene.choose(.precision)
    scene.fill(.untilCI, "0.01")
    scene.fill(.keep, "64M")
    scene.fill(.threads, "2")
    #expect(
      scene.words == [
        "compute", "a.npz", "b.npz", "-o", "ab.cka.safetensors", "--batch-size=all",
        "--layers=!*.bn*", "--pool=mean", "--axes=samples,layers,features",
        "--layout={model}.{layer}", "--estimator=biased", "--kernel=rbf:0.5",
        "--weighting=samples", "--precision=float64", "--shuffle=7", "--until-ci=0.01",
        "--keep=64M", "--threads=2",
      ])
    scene.choose(.weighting)
    #expect(!scene.words.contains { $0.hasPrefix("--weighting") })
  }

  @Test("what an option cannot say is told at once, and nothing is checked")
  func refusedAtOnce() {
    var scene = filled()
    scene.fill(.batchSize, "3")
    scene.press("Enter")
    #expect(scene.screen.contains("batch-size must be 'all' or 4 to 1000000000, not '3'"))
    #expect(scene.requests.isEmpty)
  }

  @Test("the first Enter checks, the second one starts")
  func starts() {
    var scene = filled()
    scene.press("Enter")
    #expect(
      scene.requests == [.check(plain)] && scene.screen.contains("checking… 0:00, Esc stops it"))
    scene.send(
      .jobs(.checked(plain, lines: ["A: 3 layers", "10 minibatches of 128"], isReady: true)))
    #expect(scene.screen.contains("10 minibatches of 128") && scene.screen.contains("Enter starts"))
    scene.press("Enter")
    #expect(scene.requests.last == .submit(plain))
    scene.press("Enter")
    #expect(scene.requests.last == .check(plain), "one Enter too many does not start it twice")
  }

  @Test("what cannot be computed says why, and is not started")
  func refused() {
    var scene = filled()
    scene.press("Enter")
    scene.send(.jobs(.checked(plain, lines: ["a.npz: there is no such file"], isReady: false)))
    #expect(scene.screen.contains("a.npz: there is no such file"))
    scene.press("Enter")
    #expect(scene.requests == [.check(plain), .check(plain)])
    let words = (1...60).map { "word\($0)" }
    scene.send(.jobs(.checked(plain, lines: [words.joined(separator: " ")], isReady: false)))
    #expect(words.allSatisfy(scene.screen.contains), "a long reason is told whole")
    scene.press("Enter")
    let trail = ["Traceback:"] + (1...20).map { "  File \"net.py\", line \($0)" }
    scene.send(.jobs(.checked(plain, lines: ["KeyError: 'a'"] + trail, isReady: false)))
    #expect(scene.screen.contains("KeyError: 'a'") && !scene.screen.contains("line 20"))
    for _ in 0..<5 { scene.press("PgDn") }
    #expect(scene.screen.contains("  File \"net.py\", line 20"), "and where it happened")
  }

  @Test("a change after the check asks for another one; a late answer is not believed")
  func changes() {
    var scene = filled()
    scene.press("Enter")
    scene.type("x")
    scene.send(.jobs(.checked(plain, lines: ["fine"], isReady: true)))
    #expect(!scene.screen.contains("fine"))
    scene.press("Backspace Enter")
    scene.send(.jobs(.checked(plain, lines: ["fine"], isReady: true)))
    #expect(scene.screen.contains("fine"))
    scene.type("x")
    #expect(!scene.screen.contains("fine") && scene.screen.contains("Enter checks"))
    scene.press("Enter")
    #expect(scene.requests.count { if case .check = $0 { true } else { false } } == 3)
  }

  @Test("what is missing gets the cursor")
  func gaps() {
    var scene = form()
    scene.press("Down Down Enter")
    #expect(scene.state.form.field == .features && scene.footer.contains("name saved activations"))
    scene.type("a.npz")
    scene.press("Enter")
    #expect(scene.state.form.field == .option(.output) && scene.footer.contains("name the file"))
    #expect(scene.requests.isEmpty)
  }

  @Test("the form is as it was left when it opens again")
  func remembers() {
    var scene = filled()
    scene.press("Esc j S")
    #expect(
      (try? scene.state.form.recipe()) == plain && scene.screen.contains("ab.cka.safetensors"))
  }

  @Test("no size breaks the form")
  func sizes() {
    for (width, height) in [(40, 12), (60, 14), (100, 30), (200, 60)] {
      var scene = form(width, height)
      scene.type(String(repeating: "層/", count: 60))
      scene.press("Up Up Up Space")
      for _ in 0..<17 {
        #expect(breaches(of: scene.state) == [], "\(width) × \(height)")
        scene.press("Down")
      }
      scene.send(.jobs(.checked(plain, lines: [], isReady: true)))
      scene.change { $0.form.report = (0..<50).map { "line \($0)" } }
      #expect(breaches(of: scene.state) == [], "\(width) × \(height)")
    }
  }

  @Test("a terminal too narrow to draw the form takes its keys all the same", arguments: 1...6)
  func narrow(width: Int) {
    var scene = form(width, 12)
    scene.press("PgDn")
    #expect(scene.state.formWidth == 1 && scene.state.form.reportTop == 5)
  }
}
