import Testing

@testable import Explorer

@Suite("The form, jobs and study files")
struct FormStudyTests {
  private let activations = [
    "compute", "my runs/a.npz", "b.npz", "-o", "out.cka.safetensors", "--layers=!*.bn*",
    "--batch-size=64", "--kernel=rbf:0.5", "--weighting=samples", "--patience=30",
  ]
  private let models = [
    "compute", "torch", "A=py:nets.py:small?width=4", "torchvision:resnet18", "--data=digits",
    "-o", "out.cka.safetensors", "--max-batches=3", "--device=cpu", "--tokens=mean",
    "--keep-duplicates",
  ]

  @Test("a command line fills the form in, and comes out of it again")
  func roundTrip() throws {
    for arguments in [activations, models] {
      let form = try #require(ComputeForm(arguments: arguments))
      // What has no field comes last.
      #expect(form.arguments == arguments)
    }
  }

  @Test("options may stand anywhere, with their values behind them")
  func spellings() throws {
    let form = try #require(
      ComputeForm(arguments: [
        "compute", "--batch-size", "all", "a.npz", "--output", "o.cka.safetensors", "--quiet",
        "--pool", "mean", "--", "-b.npz",
      ]))
    #expect(form.features == ["a.npz", "-b.npz"])
    #expect(
      form.arguments.suffix(4) == ["-o", "o.cka.safetensors", "--batch-size=all", "--pool=mean"])
    #expect(ComputeForm(arguments: ["compute", "--backend", "x"]) == nil)
    #expect(ComputeForm(arguments: ["jobs"]) == nil && ComputeForm(arguments: []) == nil)
  }

  @Test("e in the list of jobs opens the form with what the job was asked to do")
  func edit() {
    var scene = Scene(jobsWithCursorOn: JobSample.died)
    scene.press("e")
    #expect(scene.requests.last == .edit(JobSample.died.id))
    scene.send(.jobs(.form(models)))
    #expect(scene.state.overlay == .form && scene.state.form.arguments == models)
    scene.send(.jobs(.form(["compute", "--backend", "x"])))
    #expect(scene.footer.contains("a backend of your own"))
    #expect(scene.state.form.arguments == models)
  }

  @Test("C-s asks for a name, and asks again before it replaces a file")
  func save() {
    var scene = Scene([Sample.pair()])
    scene.press("S C-s")
    #expect(scene.footer.contains("name saved activations first"))
    scene.send(.jobs(.form(activations)))
    scene.press("C-s")
    #expect(scene.footer.contains("save as study file: out.yaml"))
    #expect(scene.screen.contains("new comparison"), "the form stays behind the question")
    scene.press("Enter")
    #expect(scene.requests.last == .saveStudy("out.yaml", activations, replacing: false))
    scene.send(.jobs(.studyExists("out.yaml")))
    #expect(scene.footer.contains("Enter replaces it"))
    scene.type("2")
    scene.press("Enter")
    #expect(scene.requests.last == .saveStudy("out.yaml2", activations, replacing: false))
    scene.send(.jobs(.studyExists("out.yaml")))
    scene.press("Enter")
    #expect(scene.requests.last == .saveStudy("out.yaml", activations, replacing: true))
    #expect(scene.state.overlay == .form)
  }

  @Test("C-o asks for a study file, whose name Tab completes; Esc goes back to the form")
  func open() {
    var scene = Scene([Sample.pair()])
    scene.press("S C-o")
    scene.type("st")
    scene.press("Tab")
    let request = CompletionRequest(.study, "st")
    #expect(scene.requests == [.complete(request)])
    let found = ["study1.yaml", "study2.yaml"].map { Completion($0) }
    scene.send(.jobs(.completions(request, found, problem: nil)))
    #expect(scene.footer.contains("open study file: study") && scene.footer.contains("study2.yaml"))
    scene.type("1.yaml")
    scene.press("Enter")
    #expect(scene.requests.last == .openStudy("study1.yaml"))
    scene.press("C-o Esc")
    #expect(scene.state.overlay == .form)
  }
}
