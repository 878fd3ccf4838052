import Testing

@testable import Formats

/// Study files that run models.
@Suite struct ModelStudyFileTests {
  private static let full = """
    models:
      - torchvision:resnet18
      - wide=py:nets.py:build?width=2&checkpoint=wide.pt
    data: npz:digits.npz
    data2: "digits?noise=0.1"
    max-batches: 10
    types: [Conv2d, Linear]
    tokens: class
    device: cpu
    dtype: float64
    tf32: false
    keep-duplicates: true
    seed: -7
    python: venv/bin/python
    batch-size: 64
    output: out.cka.safetensors
    """

  @Test func everyKeyIsRead() throws {
    let study = try StudyFile(yaml: Self.full, folder: "runs")
    var models = ModelStudy(
      models: ["torchvision:resnet18", "wide=py:nets.py:build?width=2&checkpoint=wide.pt"],
      data: "npz:digits.npz")
    models.secondData = "digits?noise=0.1"
    models.maxBatches = 10
    models.types = "Conv2d,Linear"
    models.tokens = "class"
    models.device = "cpu"
    models.dtype = "float64"
    models.tf32 = false
    models.keepDuplicates = true
    models.seed = -7
    models.python = "runs/venv/bin/python"
    models.folder = "runs"
    #expect(study.models == models)
    #expect(study.features.isEmpty && study.output == "runs/out.cka.safetensors")
    #expect(study.batchSize == .samples(64))
  }

  @Test func whatIsWrittenIsReadAgain() throws {
    let study = try StudyFile(yaml: Self.full, folder: "/runs")
    #expect(try StudyFile(yaml: study.encode(folder: "/runs"), folder: "/runs") == study)
  }

  @Test func inAnotherFolderPathsStillLeadToTheSameFiles() throws {
    let study = try StudyFile(yaml: Self.full, folder: "/runs")
    let moved = try StudyFile(yaml: study.encode(folder: "/elsewhere"), folder: "/elsewhere")
    #expect(
      moved.models?.models == [
        "torchvision:resnet18", "wide=py:/runs/nets.py:build?width=2&checkpoint=/runs/wide.pt",
      ])
    #expect(moved.models?.data == "npz:/runs/digits.npz")
    #expect(moved.models?.python == "/runs/venv/bin/python")
  }

  @Test func aPythonWithoutASlashIsAName() throws {
    let study = try StudyFile(
      yaml: "models: timm:x\ndata: digits\npython: python3.12\n", folder: "runs")
    #expect(study.models?.python == "python3.12" && study.models?.models == ["timm:x"])
  }

  @Test(
    "Mistakes are told",
    arguments: [
      ("features: [a]\nmodels: [timm:x]\n", "'models' is for models, and the study has features"),
      ("features: [a]\ndevice: cpu\n", "'device' is for models, and the study has features"),
      ("models: [timm:x]\n", "the study has no data"),
      ("data: digits\n", "the study has no models"),
      ("models: [timm:x]\ndata: digits\nlayout: '{layer}'\n", "'layout' is for features"),
      ("models: [timm:x]\ndata: digits\ntf32: perhaps\n", "'tf32' should be true or false"),
      ("models: [timm:x]\ndata: digits\nseed: 1.5\n", "'seed' should be a whole number"),
      ("models: [timm:x]\ndata: [a, b]\n", "'data' should be one text"),
    ])
  func mistakes(_ text: String, _ problem: String) {
    let error = #expect(throws: FormatError.self) { try StudyFile(yaml: text) }
    #expect(error?.problem.hasPrefix(problem) == true, "\(error?.problem ?? "")")
  }
}
