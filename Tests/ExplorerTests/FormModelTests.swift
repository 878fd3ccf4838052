import Recipe
import Testing

@testable import Explorer

@Suite("The form for a comparison of models")
struct FormModelTests {
  private func form(_ width: Int = 100, _ height: Int = 30) -> Scene {
    var scene = Scene([Sample.pair()], width, height)
    scene.press("S Up Right Down")
    return scene
  }

  /// Two models, data and output are filled in.
  private func filled(_ a: String = "torchvision:resnet18", _ data: String = "digits") -> Scene {
    var scene = form()
    scene.type(a)
    scene.press("Down")
    scene.type("vit=timm:vit_tiny_patch16_224")
    scene.press("Down Down")
    scene.type(data)
    scene.press("Down Down")
    scene.type("ab.cka.safetensors")
    return scene
  }

  private let plain = recipe(
    models: ["torchvision:resnet18", "vit=timm:vit_tiny_patch16_224"],
    [
      (.data, "digits"), (.output, "ab.cka.safetensors"), (.batchSize, "128"),
    ])

  @Test("is the command line of the torch backend")
  func arguments() throws {
    let said = try filled().state.form.recipe()
    #expect(said == plain)
    #expect(
      said.command == [
        "compute", "torch", "torchvision:resnet18", "vit=timm:vit_tiny_patch16_224",
        "--data=digits", "-o", "ab.cka.safetensors", "--batch-size=128",
      ])
  }

  @Test("another model's field comes with each that is filled in")
  func growing() {
    var scene = form()
    #expect(scene.state.form.modelFields == [.model(0), .model(1)])
    scene.press("Down")
    scene.type("b")
    #expect(scene.screen.contains("model C") && !scene.screen.contains("model D"))
    scene.press("Down")
    scene.type("c")
    #expect(scene.screen.contains("model D"))
    #expect(scene.state.form.models == ["b", "c"])
    scene.press("Backspace")
    #expect(!scene.screen.contains("model D"))
  }

  @Test("everything behind the fold becomes an option, and the fold tells what it hides")
  func advanced() {
    var scene = filled()
    for _ in 0..<7 { scene.press("Down") }
    #expect(scene.state.form.field == .advanced)
    scene.press("Space Down")
    scene.type("Conv2d,Linear")
    scene.choose(.tokens, "Left")
    scene.choose(.pool)
    scene.choose(.keepDuplicates)
    scene.choose(.dtype)
    scene.choose(.tf32)
    scene.fill(.seed, "7")
    scene.fill(.python, "~/venv/bin/python")
    #expect(
      scene.words.suffix(9) == [
        "--batch-size=128", "--types=Conv2d,Linear", "--pool=mean", "--tokens=each",
        "--dtype=float64", "--seed=7", "--tf32", "--keep-duplicates", "--python=~/venv/bin/python",
      ])
    scene.change { $0.form.field = .advanced }
    scene.press("Space")
    #expect(scene.screen.contains("types Conv2d,Linear, pool mean, tokens each"))
  }

  @Test("says whose code runs, before anything is checked")
  func code() {
    #expect(filled().state.form.codeWarning == nil)
    let scene = filled("py:nets/a.py:small?width=4", "py:nets/a.py:loader")
    #expect(scene.screen.contains("Enter runs code from nets/a.py") && scene.requests.isEmpty)
    #expect(filled("hub:pytorch/vision:r").screen.contains("code from github.com/pytorch/vision"))
    #expect(filled("script:net.pt").screen.contains("Enter runs code from net.pt"))
    let hidden = filled("hf:somebody/net?trust%5Fremote%5Fcode=true")
    #expect(hidden.screen.contains("Enter runs code from somebody/net"))
  }

  @Test("what is missing gets the cursor")
  func gaps() {
    var scene = form()
    scene.press("Enter")
    #expect(scene.footer.contains("name a model first"))
    scene.type("a")
    scene.press("Enter")
    #expect(scene.state.form.field == .option(.data) && scene.footer.contains("name the data"))
    scene.type("digits")
    scene.press("Enter")
    #expect(scene.state.form.field == .option(.output) && scene.requests.isEmpty)
  }

  @Test("one model is a comparison: with itself, or on two data sets")
  func oneModel() {
    for second in ["", "digits?rotate=45"] {
      var scene = form()
      scene.type("a")
      scene.press("Down Down")
      scene.type("digits")
      scene.press("Down")
      scene.type(second)
      scene.press("Down")
      scene.type("o.cka.safetensors")
      scene.press("Enter")
      let arguments = scene.state.form.checking?.command ?? []
      #expect(arguments.prefix(4) == ["compute", "torch", "a", "--data=digits"])
      #expect(arguments.contains("--data2=digits?rotate=45") == !second.isEmpty)
    }
  }

  @Test("help stands in an empty field, and below the fields for what is typed or chosen")
  func help() {
    var scene = form()
    let help = "torchvision:resnet18, py:FILE.py:FUNCTION …; Tab completes"
    func lines(with text: String) -> [String] {
      scene.screen.split(separator: "\n").map(String.init).filter { $0.contains(text) }
    }
    #expect(lines(with: help).count == 1 && lines(with: help)[0].contains("model A"))
    scene.type("timm:x")
    #expect(lines(with: help).count == 1 && !lines(with: help)[0].contains("model A"))
    #expect(lines(with: "timm:x").allSatisfy { !$0.contains("torchvision") })
    scene.press("Up")
    #expect(!scene.screen.contains(help) && scene.screen.contains("Left and Right choose"))
  }

  @Test("choices that do not fit are shown one by one, with their number")
  func narrowChoices() {
    var scene = form(40, 12)
    scene.press("Up")
    #expect(scene.screen.contains("from         ‹ models › 2/2"))
    scene.press("Up Space")
    scene.change { $0.form.field = .option(.dtype) }
    scene.press("Right Right")
    #expect(scene.screen.contains("dtype        ‹ bfloat16 › 3/4"))
    scene.resize(100, 30)
    #expect(scene.screen.contains("dtype         float32   float64  [bfloat16]  float16"))
  }

  @Test("a long check tells how long it takes, and Esc stops it")
  func waits() {
    var scene = filled()
    scene.press("Enter")
    scene.send(.jobs(.checking(plain, seconds: 67)))
    #expect(scene.screen.contains("checking… 1:07, Esc stops it"))
    scene.press("Esc")
    #expect(scene.requests.last == .cancelCheck && scene.state.overlay == .form)
    scene.send(.jobs(.checked(plain, lines: ["fine"], isReady: true)))
    #expect(!scene.screen.contains("fine"))
    scene.press("Enter")
    scene.type("x")
    #expect(
      scene.requests.suffix(2) == [.check(plain), .cancelCheck], "it is about something else")
  }

  @Test("more than fits of what was found is scrolled through")
  func report() {
    var scene = filled()
    scene.press("Enter")
    scene.send(.jobs(.checked(plain, lines: (1...40).map { "line \($0)." }, isReady: true)))
    #expect(scene.screen.contains("line 1.") && scene.screen.contains("Enter starts it"))
    #expect(!scene.screen.contains("line 40.") && scene.screen.contains("more (PgDn)"))
    for _ in 0..<9 { scene.press("PgDn") }
    #expect(scene.screen.contains("line 40.") && scene.screen.contains("Enter starts it"))
  }

  @Test(
    "each screen shows the field with the cursor and the keys",
    arguments: [
      (120, 40), (80, 24), (60, 18), (40, 12),
    ])
  func screens(_ width: Int, _ height: Int) {
    var scene = form(width, height)
    scene.press("Up Up Space")
    for field in scene.state.form.fields {
      scene.change { $0.form.field = field }
      #expect(scene.screen.contains(field.traits.label), "\(field)")
      #expect(scene.screen.contains("Esc leaves") && breaches(of: scene.state) == [], "\(field)")
    }
  }

  @Test("looks so on a small screen")
  func picture() {
    var scene = Scene([], 60, 18, depth: .none)
    scene.press("S Up Right Down")
    scene.type("py:net.py:small")
    #expect(
      scene.screen.split(separator: "\n").prefix(10).map { $0.dropFirst().dropLast() }
        == [
          "╭─ new comparison ─────────────────────────── of models ─╮",
          "│ from          activations  [models]                    │",
          "│ model A      py:net.py:small                           │",
          "│ model B        another, or none: A with itself         │",
          "│ data           digits, npz:FILE, imagefolder:PATH, py… │",
          "│ data 2         a second data set: every model on both  │",
          "│ output         the result file, NAME.cka.safetensors;… │",
          "│ batch size   128                                       │",
          "│ max batches    all; stop after so many minibatches     │",
          "│ layers         all; a text, a glob or /regex/, !term … │",
        ])
  }
}
