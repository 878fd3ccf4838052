import Foundation
import TestSupport
import Testing

/// A comparison from the first key in the form to its picture.
@Suite("Comparisons started in the explorer", .serialized)
struct FormSessionTests {
  private let place: Place

  init() throws {
    place = try Place()
    try place.copy(sample: "real/resnet18_vs_resnet34_full.pkl", as: "results/r.pkl")
  }

  /// - Parameter variables: put before the command, as a shell takes them.
  private func open(
    width: Int = 100, height: Int = 30, variables: String = ""
  ) throws -> ExplorerSession {
    let session = try ExplorerSession(
      "\(variables) cka results", width: width, height: height, in: place)
    // A narrow screen shows the list alone, and the picture behind it is told of in the readout.
    try session.wait { $0.hasFrame && $0.hasReadout }
    return session
  }

  /// Opens an explorer, and the form in it.
  private func openForm(width: Int = 100, height: Int = 30) throws -> ExplorerSession {
    let session = try open(width: width, height: height)
    try session.terminal.send("S")
    try session.wait { $0.contains("new comparison") }
    return session
  }

  /// Types `text` letter by letter, without Enter.
  private func type(_ text: String, _ session: ExplorerSession) throws {
    try session.terminal.send(text)
  }

  /// Fills in the first two fields, features and output.
  private func fillIn(_ features: String, _ session: ExplorerSession) throws {
    try type(features, session)
    try session.terminal.send("Down")
    try type("out.cka.safetensors", session)
  }

  @Test(
    "from nothing to the finished heatmap of two files", arguments: [(120, 40), (80, 24), (60, 18)])
  func activations(_ width: Int, _ height: Int) throws {
    try place.writeFeatures("alpha.safetensors", models: ["alpha"], samples: 320, layers: 3)
    try place.writeFeatures("beta.safetensors", models: ["beta"], samples: 320, layers: 4)
    let session = try openForm(width: width, height: height)
    try type("al", session)
    try session.terminal.send("Tab")
    try session.wait { $0.contains("alpha.safetensors ") }
    try type("b", session)
    try session.terminal.send("Tab")
    try session.wait { $0.contains("beta.safetensors") }
    try session.terminal.send("Down")
    try type("results/ab.cka.safetensors", session)
    try session.terminal.send("Enter")
    let checked = try session.wait { $0.contains("Enter starts it") }
    #expect(checked.contains("alpha: 3 layers") && checked.contains("beta: 4 layers"))
    #expect(try place.jobs().isEmpty, "a look starts nothing")
    try session.terminal.send("Enter")
    try session.wait { $0.contains("finished") && $0.contains("alpha × beta") }
    try session.terminal.send("Enter")
    try session.wait { $0.hasReadout && !$0.contains("─ jobs") }
    try session.terminal.send("2")
    let picture = try session.wait { $0.contains("3 × 4") || $0.contains("3 × 3") }
    #expect(picture.contains("alpha"))
    #expect(try place.cka("info", "results/ab.cka.safetensors").status == 0)
    // The list has the new file under its folder, and it is what was opened.
    try session.terminal.send("i")
    try session.wait { $0.contains("results/ab.cka.safetensors") }
    try session.terminal.send("C-g")
    try session.wait { !$0.contains("About this result") }
    try session.terminal.send("1")
    try session.wait { $0.contains("results") && $0.contains("alpha ×") && !$0.contains("job 2") }
    try session.leave()
  }

  /// Writes nets.py, a file of small networks.
  private func writeNetworks() throws {
    let text = """
      import torch
      from torch import nn

      def small(width=4):
          torch.manual_seed(width)
          return nn.Sequential(
              nn.Conv2d(3, width, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(4), nn.Flatten(),
              nn.Linear(16 * width, 10))
      """
    try Data(text.utf8).write(to: URL(filePath: place.path("nets.py")))
  }

  /// Opens the form and fills it in for two networks of nets.py and two minibatches of the digits.
  private func fillInNetworks(_ session: ExplorerSession) throws {
    for key in ["S", "Up", "Right", "Down"] { try session.terminal.send(key) }
    try session.wait { $0.contains("[models]") && $0.contains("model A") }
    try type("narrow=py:n", session)
    try session.terminal.send("Tab")
    try session.wait { $0.contains("narrow=py:nets.py:") }
    try session.terminal.send("Tab")
    let found = try session.wait { $0.contains("narrow=py:nets.py:small") }
    #expect(found.contains("Enter runs code from nets.py"))
    try session.terminal.send("Down")
    try type("wide=py:nets.py:small?width=8", session)
    for key in ["Down", "Down"] { try session.terminal.send(key) }
    try type("dig", session)
    try session.terminal.send("Tab")
    try session.wait { $0.contains("digits") }
    for key in ["Down", "Down"] { try session.terminal.send(key) }
    try type("nets.cka.safetensors", session)
    for key in ["Down", "Down"] { try session.terminal.send(key) }
    try type("2", session)
  }

  @Test("from nothing to the heatmap of two networks that saw the digits")
  func networks() throws {
    defer { place.stopJobs() }
    try writeNetworks()
    let python = try TestPython.path()
    let session = try open(
      variables: "PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1 CKA_PYTHON='\(python)'")
    try fillInNetworks(session)
    try session.terminal.send("Enter")
    let checked = try session.terminal.wait(seconds: 120) { $0.contains("Enter starts it") }
    #expect(checked.contains("narrow") && checked.contains("2 minibatches of up to 128"))
    #expect(try place.jobs().isEmpty)
    try session.terminal.send("Enter")
    try session.wait { $0.contains("─ jobs") && $0.contains("narrow × wide") }
    try session.terminal.wait(seconds: 120) { $0.contains("finished") }
    try session.terminal.send("Enter")
    try session.wait { $0.hasReadout && !$0.contains("─ jobs") && $0.contains("narrow") }
    #expect(try place.cka("info", "nets.cka.safetensors").status == 0)
    try session.leave()
  }

  @Test("a job outlives the terminal of its explorer, and another explorer shows it finish")
  func survives() throws {
    defer { place.stopJobs() }
    try place.writeFeatures("long.safetensors", samples: 16_000, layers: 12)
    let first = try openForm()
    try type("long.safetensors", first)
    try first.terminal.send("Down")
    try type("long.cka.safetensors", first)
    for key in ["Down", "C-u"] { try first.terminal.send(key) }
    try type("16", first)
    try first.terminal.send("Enter")
    try first.wait { $0.contains("Enter starts it") }
    try first.terminal.send("Enter")
    try first.wait { $0.contains("running") }
    try first.terminal.close()
    #expect(try place.jobs().map(\.state) == ["running"])
    let second = try open()
    try second.terminal.send("W")
    try second.wait { $0.contains("running") && $0.contains("model0 × model1") }
    try second.terminal.wait(seconds: 240) { $0.contains("finished") }
    try second.terminal.send("Enter")
    try second.wait { $0.hasReadout && $0.contains("↑ model0") && !$0.contains("─ jobs") }
    #expect(place.names.contains("long.cka.safetensors"))
    try second.leave()
  }

  @Test("a dead job that another program takes up again is noticed without a key")
  func resumed() throws {
    defer { place.stopJobs() }
    try place.writeFeatures("long.safetensors", samples: 16_000, layers: 12)
    let id = try place.submit("long.safetensors", pace: 2)
    let job = try place.wait(for: id) { $0.state == "running" && ($0.done ?? 0) > 0 }
    #expect(kill(try place.worker(of: job), SIGKILL) == 0)
    try place.wait(for: id) { $0.state == "died" }
    let session = try open()
    #expect(try !session.terminal.screen().contains("(W)"))
    // The next look at the jobs has been answered once a later key is.
    try session.press("c", turn: 1)
    #expect(try place.cka("jobs", "resume", id).status == 0)
    try session.wait { $0.contains("(W)") }
    try session.leave()
  }

  @Test("what was asked for just before leaving is done: keys may be typed ahead")
  func ahead() throws {
    try place.writeFeatures("alpha.safetensors", samples: 320, layers: 3)
    let session = try openForm()
    try fillIn("alpha.safetensors", session)
    try session.wait { $0.contains("out.cka.safetensors") }
    try session.terminal.send("C-s", "Enter", "C-g", "q")
    try session.expectShell()
    #expect(place.names.contains("out.yaml"))
  }

  @Test("the form says what is wrong, and is edited until it is right")
  func mends() throws {
    try place.writeFeatures("alpha.safetensors", samples: 320, layers: 3)
    let session = try openForm()
    try fillIn("nothing.npz", session)
    try session.terminal.send("Enter")
    try session.wait { $0.contains("nothing.npz") && $0.contains("no such file") }
    for key in ["Up", "C-u"] { try session.terminal.send(key) }
    try type("alpha.safetensors", session)
    try session.terminal.send("Enter")
    try session.wait { $0.contains("model1: 3 layers") && $0.contains("Enter starts it") }
    try session.terminal.send("C-s")
    try session.wait { $0.contains("save as recipe: out.yaml") }
    try session.terminal.send("Enter")
    try session.wait { $0.contains("wrote out.yaml") }
    #expect(try place.cka("compute", "out.yaml", "--quiet").status == 0)
    #expect(place.names.contains("out.cka.safetensors"))
    try session.terminal.send("C-g")
    try session.leave()
  }
}
