import Foundation
import TestSupport
import Testing

/// How Python is called, with a program that stands in for it.
@Suite struct TorchCallTests {
  private let place: Place
  private let python: String

  init() throws {
    place = try Place()
    let sent = try Shell.outcome(
      of: [Program.path, "backend", "features", GoldenSet.tiny.activations, "--batch-size", "16"],
      environment: place.environment, folder: place.folder, output: place.path("sent"))
    try #require(sent.status == 0, "\(sent.complaints)")
    python = try place.writePython("cat '\(place.path("sent"))'")
  }

  private func compute(_ arguments: [String]) throws -> Shell.Outcome {
    try place.compute(["torch"] + arguments + ["--python", python])
  }

  @Test func everythingSaidIsPassedOn() throws {
    let outcome = try compute([
      "torchvision:resnet18", "b=timm:x?a%3d=b", "--data", "digits", "--data2",
      "d=digits?noise=0.5",
      "--batch-size", "32", "--max-batches", "3", "--layers", "!*.bn*", "--types", "Conv2d",
      "--pool", "mean", "--tokens", "each:4:padded", "--device", "cpu", "--dtype", "float64",
      "--precision", "float64", "--seed=7", "--shuffle=3", "--threads", "2", "--tf32",
      "--keep-duplicates",
    ])
    #expect(outcome.status == 0, "\(outcome.complaints)")
    let words = try place.text("called-with").split(separator: "\n").map(String.init)
    #expect(words.count == 3 && words[0].hasSuffix("/Python/start.py") && words[1] == "run")
    let asked = try #require(
      try JSONSerialization.jsonObject(with: Data(words[2].utf8)) as? [String: Any])
    let models = try #require(asked["models"] as? [[String: Any]])
    #expect(models.compactMap { $0["name"] as? String } == ["resnet18", "b"])
    #expect(models.compactMap { $0["kind"] as? String } == ["torchvision", "timm"])
    #expect(
      models[1]["target"] as? String == "x" && models[1]["text"] as? String == "timm:x?a%3d=b")
    #expect((models[1]["options"] as? [String: String]) == ["a=": "b"])
    let data = try #require(asked["data"] as? [[String: Any]])
    #expect(data.compactMap { $0["name"] as? String } == ["digits", "d"])
    #expect((data[1]["options"] as? [String: Double]) == ["noise": 0.5])
    let rest = asked.filter { !["models", "data"].contains($0.key) }
    let expected: [String: Any] = [
      "batch_size": 32, "max_batches": 3, "layers": "!*.bn*", "types": "Conv2d", "pool": "mean",
      "tokens": "each", "tokens_per_sample": 4, "keeps_padding": true, "device": "cpu",
      "dtype": "float64", "precision": "float64", "seed": 7, "shuffle": 3, "tf32": true,
      "keeps_duplicates": true, "threads": 2,
    ]
    #expect(NSDictionary(dictionary: rest) == NSDictionary(dictionary: expected))
    #expect(try place.text("called-in") == place.folder + "\n")
    // The user's own modules are found as ever, and nothing of ours in their programs.
    #expect(try place.text("called-path").isEmpty)
    let provenance = try place.bundle().record("provenance")
    #expect((provenance["backend"] as? String)?.hasPrefix("torch torchvision:resnet18 ") == true)
    #expect(provenance["seed"] as? Int == 7)
  }

  @Test func aRecipeIsRunWhereItStands() throws {
    try FileManager.default.createDirectory(
      atPath: place.path("runs"), withIntermediateDirectories: true)
    let study = """
      models: [net=py:net.py:f]
      data: digits
      device: cpu
      python: ../python
      output: out.cka.safetensors
      """
    try Data(study.utf8).write(to: URL(filePath: place.path("runs/study.yaml")))
    try Data().write(to: URL(filePath: place.path("runs/net.py")))
    let outcome = try place.cka("compute", "runs/study.yaml", "--dtype", "float64")
    #expect(outcome.status == 0, "\(outcome.complaints)")
    #expect(try place.text("called-in") == place.path("runs") + "\n")
    let words = try place.text("called-with")
    #expect(words.contains(#""target": "net.py:f""#) && words.contains(#""dtype": "float64""#))
    // What a recipe makes run is told, its Python too.
    #expect(outcome.complaints.contains("cka: runs code from runs/../python, net.py\n"))
    #expect(FileManager.default.fileExists(atPath: place.path("runs/out.cka.safetensors")))
  }

  @Test(
    "What is missing is told before Python is started",
    arguments: [
      (["timm:x"], 64, "nothing says what the models see"),
      (["--data", "digits"], 64, "no models"),
      (["resnet18", "--data", "digits"], 64, "'resnet18' is no specification of a model"),
      (["timm:x", "--data", "digits", "--device", "gpu"], 64, "device must be auto, cpu, cuda"),
      (["timm:x", "--data", "digits", "--dtype", "int8"], 64, "dtype must be float32"),
      (["timm:x", "--data", "digits", "--tokens", "last"], 64, "tokens must be flatten"),
      (["timm:x", "--data", "digits", "--shuffle", "x"], 64, "shuffle must be 'none' or 0 to"),
      (["timm:x", "--data", "digits", "--seed=-1"], 64, "seed must be 0 to"),
      (["timm:x?a=1&a=2", "--data", "digits"], 64, "says 'a' twice"),
      (["hf:./gone", "--data", "digits"], 1, "gone: there is no such file or folder"),
      (["timm:x", "--data", "digits", "--max-batches", "0"], 64, "max-batches must be at least 1"),
      (["py:gone.py:f", "--data", "digits"], 1, "gone.py: there is no such file"),
      (["timm:x?checkpoint=gone.pt", "--data", "digits"], 1, "gone.pt: there is no such file"),
      (["timm:x", "--data", "npz:gone.npz"], 1, "gone.npz: there is no such file"),
    ])
  func missing(_ arguments: [String], _ status: Int32, _ reason: String) throws {
    let outcome = try compute(arguments)
    #expect(outcome.status == status)
    #expect(outcome.complaints.contains(reason), "\(outcome.complaints)")
    #expect(!place.names.contains("called-with"))
  }

  @Test(
    "Whose code runs is told first, in a terminal and in a job",
    arguments: [
      "hf:somebody/net?trust%5Fremote%5Fcode=true", "hf:somebody/net?weights_only=no%6Ee",
    ])
  func code(_ model: String) throws {
    let outcome = try compute([model, "--data", "digits"])
    #expect(outcome.status == 0, "\(outcome.complaints)")
    #expect(outcome.complaints.hasPrefix("cka: runs code from somebody/net\n"))
  }

  @Test func allSamplesAreOneMinibatchWhenAskedFor() throws {
    let outcome = try compute(["timm:x", "--data", "digits", "--batch-size", "all"])
    #expect(outcome.status == 0, "\(outcome.complaints)")
    #expect(try place.text("called-with").contains(#""batch_size": null"#))
  }

  @Test func optionsOfModelsAreRefusedElsewhere() throws {
    let outcome = try place.compute([GoldenSet.tiny.activations, "--device", "cpu"])
    #expect(outcome.status == 64)
    #expect(outcome.complaints.contains("'device' is for models, and the recipe has features"))
  }

  @Test func aReasonIsToldOnceAndLinesBeforeItAreShown() throws {
    let python = try place.writePython(
      #"echo 'Traceback' >&2; printf '{"log": "deep \\u001b[31mred"}\n' >&2; echo 'Sorry: no' >&2; exit 3"#
    )
    let outcome = try compute(["timm:x", "--data", "digits", "--python", python])
    #expect(outcome.status == 1)
    #expect(
      outcome.complaints == """
        cka: backend: Traceback
        cka: backend: deep \\u{1B}[31mred
        cka: Sorry: no

        """)
  }

  @Test func aPythonThatIsNotThereIsTold() throws {
    let outcome = try place.compute(["torch", "timm:x", "--data", "digits", "--python", "./gone"])
    #expect(outcome.status == 1)
    #expect(outcome.complaints.hasPrefix("cka: --python names the Python './gone'"))
  }

  @Test func aJobKeepsThePythonThatItWasStartedWith() throws {
    defer { place.stopJobs() }
    let submitted = try place.cka(
      "compute", "torch", "a=timm:x", "b=timm:y", "--data", "digits", "-o", "o.cka.safetensors",
      "--background", "--quiet", environment: ["CKA_PYTHON": "./python"])
    try #require(submitted.status == 0, "\(submitted.complaints)")
    let id = submitted.text.trimmingCharacters(in: .newlines)
    #expect(try place.cka("jobs", "wait", id).status == 0)
    let job = try place.job(id)
    #expect(job.title == "a × b")
    let spec = try String(contentsOfFile: "\(job.folder)/spec.json", encoding: .utf8)
    #expect(spec.contains("\"CKA_PYTHON\" : \"\(place.folder)/./python\""))
  }
}
