import Testing

@testable import Explorer

@Suite("Completion in the form")
struct FormCompletionTests {
  private func form(ofModels: Bool = false) -> Scene {
    var scene = Scene([Sample.pair()], 100, 30)
    scene.press(ofModels ? "S Up Right Down" : "S")
    return scene
  }

  /// The question that Tab asks for `text`, with the answer `found`.
  private func answer(
    _ kind: CompletionRequest.Kind, _ text: String, _ found: [String], problem: String? = nil
  ) -> Action {
    .jobs(
      .completions(CompletionRequest(kind, text), found.map { Completion($0) }, problem: problem))
  }

  @Test("Tab asks for the word before the cursor's end, with the files on the screen")
  func asks() {
    var scene = form()
    scene.type("x.npz my\\ ru")
    scene.press("Tab")
    guard case .complete(let request)? = scene.requests.last else {
      Issue.record("nothing was asked")
      return
    }
    #expect(request.kind == .features && request.text == "my ru")
    #expect(request.shown == scene.state.shownResults.map(\.id.path))
    #expect(!request.shown.isEmpty)
  }

  @Test("one answer is written, a common beginning as far as it goes")
  func writes() {
    var scene = form()
    scene.type("x.npz my\\ ru")
    scene.send(answer(.features, "my ru", ["my runs/"]))
    #expect(scene.state.form.value(.features) == "x.npz my\\ runs/")
    scene.send(answer(.features, "my runs/", ["my runs/a1.npz", "my runs/a2.npz"]))
    #expect(scene.state.form.value(.features) == "x.npz my\\ runs/a")
    #expect(scene.screen.contains("my runs/a2.npz"), "the list is shown")
    scene.type("2")
    #expect(!scene.screen.contains("my runs/a1.npz"), "typing closes the list")
    scene.send(answer(.features, "my runs/a2", ["my runs/a2.npz"]))
    #expect(scene.state.form.value(.features) == "x.npz my\\ runs/a2.npz ")
  }

  @Test("an answer that comes late, or says why there is none, changes nothing")
  func late() {
    var scene = form()
    scene.type("ab")
    scene.send(answer(.features, "a", ["apple"]))
    scene.send(answer(.model, "ab", ["abacus"]))
    #expect(scene.state.form.value(.features) == "ab")
    scene.send(answer(.features, "ab", []))
    #expect(scene.footer.contains("nothing begins with 'ab'"))
    scene.send(answer(.features, "ab", [], problem: "Python cannot list them"))
    #expect(scene.footer.contains("Python cannot list them"))
  }

  @Test("arrows go round an open list; Tab and Enter take a choice and go on; Esc gives it up")
  func menu() {
    var scene = form(ofModels: true)
    scene.type("torchvision:res")
    let names = ["18", "34", "50"].map { "torchvision:resnet\($0)" }
    scene.send(answer(.model, "torchvision:res", names))
    let model = { (scene: Scene) in scene.state.form.value(.model(0)) }
    #expect(model(scene) == "torchvision:resnet")
    #expect(scene.screen.contains("Enter goes on  Down chooses  Esc closes it"))
    var seen: [String] = []
    for _ in 0..<4 {
      scene.press("Down")
      seen.append(model(scene))
    }
    #expect(seen == names + [names[0]] && scene.state.form.field == .model(0))
    scene.press("S-Tab Up")
    #expect(model(scene) == names[1] && scene.screen.contains("Enter takes it  Down chooses"))
    scene.press("Esc")
    #expect(model(scene) == "torchvision:resnet" && scene.state.overlay == .form)
    scene.press("Down")
    #expect(scene.state.form.field == .model(1), "without a list Down leaves the field")
    scene.press("Up")
    for (number, keys) in [(0, "Tab Tab"), (1, "Down Down Enter")] {
      scene.change { $0.form.texts[.model(number)] = LineEditor("torchvision:resnet") }
      scene.send(answer(.model, "torchvision:resnet", names))
      scene.press(keys)
      #expect(scene.state.form.models.last == names[number] && scene.state.form.menu == nil)
      #expect(scene.state.form.field == .model(number + 1))
    }
    #expect(!scene.requests.contains { if case .check = $0 { true } else { false } })
  }

  @Test("with nothing chosen Enter goes on with what was typed, and checks nothing")
  func unchosen() {
    var scene = form(ofModels: true)
    scene.type("timm:vit")
    scene.send(answer(.model, "timm:vit", ["timm:vit_a", "timm:vit_b"]))
    scene.press("Enter")
    #expect(scene.state.form.models == ["timm:vit_"] && scene.state.form.field == .model(1))
    #expect(scene.state.form.menu == nil && scene.requests.isEmpty)
  }

  @Test("a choice that is a beginning asks for what follows; another file may follow a file")
  func onFromAChoice() {
    var scene = form(ofModels: true)
    scene.send(answer(.model, "", ["torchvision:", "hub:"]))
    scene.press("Down Down Enter")
    guard case .complete(let request)? = scene.requests.last else {
      Issue.record("nothing was asked")
      return
    }
    #expect(request.text == "hub:" && scene.state.form.field == .model(0))
    scene.send(.jobs(.completions(request, [], problem: nil)))
    #expect(scene.state.message == nil, "nobody asked for what is not there")
    scene = form()
    scene.send(answer(.features, "", ["a.npz", "b c.npz"]))
    scene.press("Up Tab")
    #expect(scene.state.form.value(.features) == "b\\ c.npz ")
    #expect(scene.state.form.field == .features)
    scene.press("Down")
    #expect(scene.state.form.field == .option(.output))
  }

  @Test(
    "a long list is shown in pages, and nothing is overwritten by it",
    arguments: [
      (40, 12), (60, 18), (80, 24), (120, 40),
    ])
  func pages(_ width: Int, _ height: Int) {
    var scene = Scene([Sample.pair()], width, height)
    scene.press("S Up Right Down")
    scene.send(answer(.model, "", (1...300).map { "timm:network_\($0)" }))
    for _ in 0..<60 { scene.press("Down") }
    #expect(scene.state.form.value(.model(0)) == "timm:network_60")
    #expect(scene.screen.contains("network_60"))
    scene.press("PgDn PgDn")
    #expect(scene.state.form.value(.model(0)) == "timm:network_80")
    for _ in 0..<30 { scene.press("PgDn") }
    #expect(scene.state.form.value(.model(0)) == "timm:network_300")
    #expect(breaches(of: scene.state) == [])
  }

  @Test("what is no text has nothing to complete: Tab goes on")
  func onwards() {
    var scene = form(ofModels: true)
    scene.press("S-Tab Tab Down")
    #expect(scene.state.form.field == .model(1) && scene.requests.isEmpty)
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
}
