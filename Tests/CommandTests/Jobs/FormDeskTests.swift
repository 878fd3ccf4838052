import Explorer
import Foundation
import Recipe
import Runs
import Testing

@testable import cka

@Suite("What the explorer's form asks for")
struct FormDeskTests {
  private let place: Place

  init() throws { place = try Place() }

  private func write(_ text: String, _ name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: place.path(name)))
  }

  private func texts(
    _ text: String, isModel: Bool = true, names: [String] = [], recent: [String] = []
  ) throws -> [String] {
    try SpecificationCompletion(names: { _ in names }, recent: recent)
      .candidates(text, isModel: isModel).map(\.text)
  }

  @Test("functions of a Python file are read off its text")
  func functions() throws {
    let text = """
      import torch; def no(): pass
      def small(width=4):
        def inner(): pass
      async def  loader ( x ):\r
      class Net:
        def forward(self, x): pass
      def _hidden(): pass
      def small(): pass
      # def comment():
      def größe():
        pass
      def broken
      """
    #expect(PythonFunctions.names(inText: text) == ["small", "loader", "größe"])
    try write(text, "nets.py")
    let file = place.path("nets.py")
    #expect(try texts("py:\(file):s") == ["py:\(file):small"])
    #expect(try texts("a=py:\(file):").first == "a=py:\(file):small")
    #expect(PythonFunctions.names(in: place.path("nothing.py")) == [])
    #expect(mkfifo(place.path("pipe.py"), 0o600) == 0)
    #expect(PythonFunctions.names(in: place.path("pipe.py")) == [], "a pipe is not waited for")
  }

  @Test("kinds first, then what follows them")
  func kinds() throws {
    let kinds = ["torchvision:", "timm:", "hf:", "py:", "script:", "hub:"]
    #expect(try Array(texts("").prefix(6)) == kinds)
    #expect(try texts("t").prefix(2) == ["torchvision:", "timm:"])
    #expect(try texts("net=ti").first == "net=timm:")
    #expect(
      try Array(texts("", isModel: false).prefix(5)) == [
        "digits", "npz:", "imagefolder:", "torchvision:", "py:",
      ])
    #expect(
      try texts("torchvision:CIF", isModel: false) == [
        "torchvision:CIFAR10", "torchvision:CIFAR100",
      ])
    let names = ["resnet18", "resnet34", "vgg11"]
    #expect(
      try texts("torchvision:res", names: names) == [
        "torchvision:resnet18", "torchvision:resnet34",
      ])
    #expect(try texts("nonsense:x") == [])
  }

  @Test("what was used before comes first, and once")
  func recent() throws {
    let recent = ["torchvision:resnet18", "py:a.py:small"]
    #expect(
      try texts("", recent: recent).prefix(3) == [
        "torchvision:resnet18", "py:a.py:small", "torchvision:",
      ])
    #expect(
      try texts("torchvision:r", names: ["resnet18", "regnet"], recent: recent) == [
        "torchvision:resnet18", "torchvision:regnet",
      ])
  }

  @Test("paths after the kinds and options that take them")
  func paths() throws {
    for name in ["a.npz", "a.pt", "a.py", "a.txt"] { try write("", name) }
    try FileManager.default.createDirectory(
      atPath: place.path("ab"), withIntermediateDirectories: false)
    let a = place.path("a")
    #expect(try texts("npz:\(a)", isModel: false) == ["npz:\(a).npz", "npz:\(a)b/"])
    #expect(try texts("script:\(a)") == ["script:\(a).pt", "script:\(a)b/"])
    #expect(try texts("py:\(a)") == ["py:\(a).py:", "py:\(a)b/"])
    #expect(try texts("imagefolder:\(a)", isModel: false) == ["imagefolder:\(a)b/"])
    #expect(
      try texts("timm:x?checkpoint=\(a).p") == [
        "timm:x?checkpoint=\(a).pt", "timm:x?checkpoint=\(a).py",
      ])
    #expect(
      try texts("timm:x?") == [
        "timm:x?pretrained=true", "timm:x?checkpoint=", "timm:x?prefix=", "timm:x?key=",
      ])
    #expect(try texts("torchvision:x?a=1&w") == ["torchvision:x?a=1&weights=DEFAULT"])
  }

  @Test("the form's recipe is what the command reads, and comes back as the same form")
  func studies() throws {
    let (features, study) = (place.path("f.safetensors"), place.path("s.yaml"))
    try place.writeFeatures("f.safetensors", samples: 64, layers: 2)
    let arguments = try asked([
      "compute", features, "-o", place.path("o.cka.safetensors"), "--batch-size=16",
      "--layers=layer*",
      "--estimator=biased", "--kernel=rbf:0.5", "--pool=mean", "--weighting=pairs",
      "--precision=float64", "--until-ci=0.5", "--keep=64M", "--threads=2",
    ])
    let desk = JobDesk()
    guard case .done(let text)? = desk.answer(.saveRecipe(study, arguments, replacing: false)).first
    else {
      Issue.record("nothing was written")
      return
    }
    #expect(text.contains("wrote"))
    guard case .form(let read)? = desk.answer(.openRecipe(study)).first else {
      Issue.record("nothing was read")
      return
    }
    #expect(try ComputeForm(read)?.recipe() == ComputeForm(arguments)?.recipe())
    #expect(try place.cka("compute", "s.yaml", "--quiet").status == 0)
  }

  @Test("the command that repeats a study is one that a shell understands")
  func commands() throws {
    let arguments = try asked(["compute", "f.npz", "-o", "o.cka.safetensors"])
    let answer = JobDesk().answer(.saveRecipe(place.path("my s.yaml"), arguments, replacing: false))
    guard case .done(let text)? = answer.first else {
      Issue.record("nothing was written")
      return
    }
    #expect(text.hasSuffix("; cka compute '\(place.path("my s.yaml"))' repeats it"), "\(text)")
    #expect(ShellWord.quoted("it's") == #"'it'\''s'"# && ShellWord.quoted("") == "''")
    #expect(ShellWord.quoted("a-b_1/c.d=e:f,+@%") == "a-b_1/c.d=e:f,+@%")
  }

  @Test("a file is found where a walk comes to it, however the place is spelt")
  func places() throws {
    let (folder, file) = (place.path("runs"), place.path("runs/deep/a.cka.safetensors"))
    try FileManager.default.createDirectory(
      atPath: place.path("runs/deep"), withIntermediateDirectories: true)
    try write("", "runs/deep/a.cka.safetensors")
    #expect(symlink(folder, place.path("link")) == 0)
    func spelling(_ path: String, in named: String...) -> String? {
      NamedPlaces(paths: named).spelling(of: path)
    }
    #expect(spelling(file, in: folder) == file && spelling(file, in: folder + "/") == file)
    #expect(spelling(file, in: "/missing", file) == file)
    let link = place.path("link")
    #expect(spelling(file, in: link) == "\(link)/deep/a.cka.safetensors")
    let here = FileManager.default.currentDirectoryPath
    #expect(spelling("\(here)/a/b.npz", in: ".") == "a/b.npz")
    #expect(spelling(file, in: place.path("run")) == nil)
    #expect(spelling(place.path("runs/.hidden/a.npz"), in: folder) == nil)
    #expect(spelling(place.path("runs/notes.txt"), in: folder) == nil)
  }

  @Test("what a look at models ran into is told whole: the reason, and where")
  func failures() throws {
    let python = try place.writePython(
      "echo 'Traceback:' >&2; echo '  line 3' >&2; echo Why >&2; exit 1")
    let arguments = try asked([
      "compute", "torch", "timm:x", "--data=digits", "--python=\(python)", "-o",
      place.path("o.cka.safetensors"),
    ])
    guard case .checked(_, let lines, false)? = JobDesk().answer(.check(arguments)).first else {
      Issue.record("it was not refused")
      return
    }
    #expect(lines == ["Why", "Traceback:", "  line 3"])
  }

  @Test("a recipe is replaced only when that is wanted, and another ending is refused")
  func replacing() throws {
    let study = place.path("s.yaml")
    try write("mine", "s.yaml")
    let arguments = try asked(["compute", "f.npz", "-o", "o.cka.safetensors"])
    let desk = JobDesk()
    guard
      case .recipeExists(study)? = desk.answer(.saveRecipe(study, arguments, replacing: false))
        .first
    else {
      Issue.record("nobody asked")
      return
    }
    #expect(try place.bytes("s.yaml") == Array("mine".utf8))
    _ = desk.answer(.saveRecipe(study, arguments, replacing: true))
    #expect(try place.bytes("s.yaml") != Array("mine".utf8))
    for request in [
      JobRequest.saveRecipe(place.path("s.txt"), arguments, replacing: false),
      .openRecipe(place.path("s.txt")), .openRecipe(place.path("nothing.yaml")),
    ] {
      guard case .refused? = desk.answer(request).first else {
        Issue.record("\(request) was not refused")
        continue
      }
    }
    #expect(!place.names.contains("s.txt"))
  }

  @Test("models, too, are saved as a recipe and come back as the same form")
  func modelStudies() throws {
    try write("", "nets.py")
    let study = place.path("s.yaml")
    let arguments = try asked([
      "compute", "torch", "a=py:\(place.path("nets.py")):small?width=4", "torchvision:resnet18",
      "--data=digits", "--data2=npz:\(place.path("x.npz"))", "-o", place.path("o.cka.safetensors"),
      "--batch-size=16", "--max-batches=3", "--device=cpu", "--tokens=class", "--keep-duplicates",
      "--dtype=float64", "--tf32", "--seed=7", "--python=python3",
    ])
    let desk = JobDesk()
    _ = desk.answer(.saveRecipe(study, arguments, replacing: false))
    guard case .form(let read)? = desk.answer(.openRecipe(study)).first else {
      Issue.record("nothing was read")
      return
    }
    #expect(try ComputeForm(read)?.recipe() == ComputeForm(arguments)?.recipe())
    let text = String(decoding: try place.bytes("s.yaml"), as: UTF8.self)
    #expect(text.contains("py:nets.py:small"), "paths lead from the recipe")
  }

  @Test("a job that says no weighting was submitted when that meant equal, and still does")
  func oldJobs() throws {
    func job(_ more: String..., recipe: String? = nil) throws -> Recipe {
      let command = ["compute", "f.npz", "-o", place.path("o.cka.safetensors")] + more
      return try BackgroundJob(
        JobSpec(title: "", command: command, recipe: recipe, workingDirectory: place.folder)
      ).recipe
    }
    #expect(try job()[.weighting] == "equal")
    #expect(try job("--weighting=pairs")[.weighting] == "pairs")
    let text = "features: [g.npz]\noutput: \(place.path("o.cka.safetensors"))\nweighting: samples\n"
    let new = try job(recipe: text)
    #expect(new[.weighting] == "samples" && new.features == ["g.npz"], "the recipe is what counts")
  }

  @Test("a job of another folder is edited with paths that lead there")
  func edit() throws {
    let there = place.folder
    func edited(_ command: [String]) throws -> [String] {
      let spec = JobSpec(title: "", command: command, workingDirectory: there)
      return try JobDesk.formRecipe(of: spec).command
    }
    #expect(
      try edited([
        "compute", "torch", "a=py:nets.py:small?checkpoint=w.pt", "timm:x", "--data=digits", "-o",
        "o.cka.safetensors", "--python=bin/python", "--patience=30.0",
      ]) == [
        "compute", "torch", "a=py:\(there)/nets.py:small?checkpoint=\(there)/w.pt", "timm:x",
        "--data=digits", "-o", "\(there)/o.cka.safetensors", "--weighting=equal",
        "--python=\(there)/bin/python", "--patience=30.0",
      ])
    #expect(
      try edited(["compute", "a.npz", "/abs/b.npz", "-o", "o.cka.safetensors"]) == [
        "compute", "\(there)/a.npz", "/abs/b.npz", "-o", "\(there)/o.cka.safetensors",
        "--weighting=equal",
      ])
    try write("features: [a.npz]\nkeep: sums\n", "s.yaml")
    #expect(
      try edited(["compute", "s.yaml", "-o", "o.cka.safetensors"]) == [
        "compute", "\(there)/a.npz", "-o", "\(there)/o.cka.safetensors", "--weighting=equal",
        "--keep=sums",
      ])
  }

  @Test("names of networks come from the interpreter, once; why they cannot is one line")
  func names() throws {
    let python = try place.writePython("echo resnet34; echo resnet18; echo vgg11")
    let desk = JobDesk()
    var request = CompletionRequest(.model, "torchvision:res")
    request.python = python
    for _ in 0..<2 {
      guard case .completions(_, let found, nil)? = desk.answer(.complete(request)).first else {
        Issue.record("no names")
        return
      }
      #expect(found.map(\.text) == ["torchvision:resnet18", "torchvision:resnet34"])
      try? FileManager.default.removeItem(atPath: python)
    }
    request.python = try place.writePython("echo 'no torch here' >&2; exit 1", as: "broken")
    guard case .completions(_, let none, let problem?)? = desk.answer(.complete(request)).first
    else {
      Issue.record("no reason")
      return
    }
    #expect(none.isEmpty && problem.contains("no torch here") && !problem.contains("\n"))
  }
}
