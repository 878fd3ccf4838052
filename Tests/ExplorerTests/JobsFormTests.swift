import Cells
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

  private let plain = [
    "compute", "a.npz", "b.npz", "-o", "ab.cka.safetensors", "--batch-size=128",
  ]

  @Test("says nothing that is so by default")
  func defaults() {
    #expect(filled().state.form.arguments == plain)
  }

  @Test("every field becomes an option")
  func options() {
    var scene = filled()
    scene.press("Down")
    scene.type("!*.bn*")
    scene.press("Down C-u")
    scene.type("all")
    scene.press("Down Right Down C-u")
    scene.type("rbf:0.5")
    scene.press("Down Space Space Down Left")
    #expect(
      scene.state.form.arguments == [
        "compute", "a.npz", "b.npz", "-o", "ab.cka.safetensors", "--layers=!*.bn*",
        "--batch-size=all", "--estimator=biased", "--kernel=rbf:0.5", "--weighting=samples",
        "--precision=float64",
      ])
    scene.press("Up Left Left")
    #expect(!scene.state.form.arguments.contains { $0.hasPrefix("--weighting") })
  }

  @Test("the first Enter checks, the second one starts")
  func starts() {
    var scene = filled()
    scene.press("Enter")
    #expect(scene.requests == [.check(plain)] && scene.screen.contains("looking…"))
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
    #expect(scene.state.form.field == .output && scene.footer.contains("name the file"))
    #expect(scene.requests.isEmpty)
  }

  @Test("Tab completes the path before the cursor's end, and shows what there is to choose from")
  func completion() {
    var scene = form()
    scene.type("x.npz my\\ ru")
    scene.press("Tab")
    #expect(scene.requests == [.complete("my ru")])
    scene.send(.jobs(.completions("my ru", ["my runs/"])))
    #expect(scene.state.form.value(.features) == "x.npz my\\ runs/")
    scene.press("Tab")
    scene.send(.jobs(.completions("my runs/", ["my runs/a1.npz", "my runs/a2.npz"])))
    #expect(scene.state.form.value(.features) == "x.npz my\\ runs/a")
    #expect(scene.screen.contains("my runs/a2.npz"))
    scene.type("2")
    scene.send(.jobs(.completions("my runs/a2", ["my runs/a2.npz"])))
    #expect(scene.state.form.value(.features) == "x.npz my\\ runs/a2.npz ")
    scene.send(.jobs(.completions("", [])))
    #expect(scene.state.message == .error("no such path"))
    scene.send(.jobs(.completions("something else", ["else"])))
    #expect(scene.state.form.value(.features) == "x.npz my\\ runs/a2.npz ")
  }

  @Test("the form is as it was left when it opens again")
  func remembers() {
    var scene = filled()
    scene.press("Esc j S")
    #expect(scene.state.form.arguments == plain && scene.screen.contains("ab.cka.safetensors"))
  }

  @Test("words are parted by blanks, and a backslash keeps one")
  func words() {
    #expect(Words.split("  a  b\\ c \\\\d ") == ["a", "b c", "\\d"])
    #expect(Words.split("") == [] && Words.split("\\") == [])
    #expect(Words.last("a b\\ c").word == "b c" && Words.last("a ").word == "")
    for path in ["plain", "with blank", "back\\slash", "both \\ "] {
      #expect(Words.split(Words.escaped(path)) == [path])
    }
  }

  @Test("no size breaks the form")
  func sizes() {
    for (width, height) in [(40, 12), (60, 14), (100, 30), (200, 60)] {
      var scene = form(width, height)
      scene.type(String(repeating: "層/", count: 60))
      for _ in 0..<9 {
        #expect(breaches(of: scene.state) == [], "\(width) × \(height)")
        scene.press("Down")
      }
      scene.send(.jobs(.checked([], lines: [], isReady: true)))
      scene.change { $0.form.report = (0..<50).map { "line \($0)" } }
      #expect(breaches(of: scene.state) == [], "\(width) × \(height)")
    }
  }
}
