import Testing

@testable import Formats

@Suite("Study files")
struct FeatureStudyFileTests {
  private static let full = """
    # Depth, figure 2.
    features:
      - resnet18.safetensors
      - /data/resnet34
    output: depth.cka.safetensors
    batch-size: 128
    estimator: unbiased
    kernel: rbf:0.5
    weighting: equal
    layers: "!*.bn* conv[12]"
    pool: mean
    precision: float64
    threads: 4
    until-ci: 0.01
    layout: "{model}/{layer}"
    keep: all
    null: 200
    null-seed: 7
    """

  @Test("every key is read, and relative paths lead from the file")
  func reads() throws {
    let study = try StudyFile(yaml: Self.full, folder: "studies")
    var expected = StudyFile(features: ["studies/resnet18.safetensors", "/data/resnet34"])
    expected.output = "studies/depth.cka.safetensors"
    expected.batchSize = .samples(128)
    expected.estimator = "unbiased"
    expected.kernel = "rbf:0.5"
    expected.weighting = "equal"
    expected.layers = "!*.bn* conv[12]"
    expected.pool = .mean
    expected.precision = "float64"
    expected.threads = 4
    expected.untilCI = 0.01
    expected.layout = try FeatureLayout("{model}/{layer}")
    expected.keep = "all"
    expected.null = 200
    expected.nullSeed = 7
    #expect(study == expected)
  }

  @Test("what is written is read again as it was")
  func roundTrip() throws {
    let study = try StudyFile(yaml: Self.full)
    #expect(try StudyFile(yaml: study.encode()) == study)
    var odd = StudyFile(features: ["a \"b\".npz", "ü: {x}.npz"])
    odd.batchSize = .all
    odd.layers = "*"
    odd.kernel = "null"
    odd.untilCI = 1e-3
    #expect(try StudyFile(yaml: odd.encode()) == odd)
  }

  @Test("paths below the file's folder are written relative to it")
  func relativePaths() throws {
    var study = StudyFile(features: ["/data/study/a.npz", "/data/b.npz"])
    study.output = "/data/study/out/o.cka.safetensors"
    let text = study.encode(folder: "/data/study")
    #expect(
      text == """
        features:
          - "a.npz"
          - "/data/b.npz"
        output: "out/o.cka.safetensors"

        """)
    #expect(try StudyFile(yaml: text, folder: "/data/study") == study)
  }

  @Test("a study of one file needs no list")
  func short() throws {
    let study = try StudyFile(yaml: "features: a.npz\nbatch-size: all\n")
    #expect(study.features == ["a.npz"] && study.batchSize == .all && study.pool == nil)
  }

  @Test(
    "mistakes are told with their line",
    arguments: [
      ("features: [a]\nbatchsize: 3\n", "line 2", "unknown key 'batchsize'"),
      (
        "features: [a]\n\nbatch-size: -3\n", "line 3",
        "'batch-size' should be a positive number or all"
      ),
      ("features: [a]\nbatch-size: [3]\n", "line 2", "'batch-size' should be one text"),
      ("features: [a]\nthreads: many\n", "line 2", "'threads' should be a positive number"),
      ("features: [a]\nnull: no\n", "line 2", "'null' should be a positive number"),
      ("features: [a]\nuntil-ci: 0\n", "line 2", "'until-ci' should be a number above 0"),
      ("features: [a]\npool: max\n", "line 2", "'pool' should be flatten or mean"),
      ("features: [a]\nlayout: '{model}'\n", "line 2", "the layout '{model}' has no {layer}"),
      ("features: [a]\noutput:\n", "line 2", "'output' has no value"),
      ("features: [a]\nlayers: !conv\n", "line 2", "'layers' has no value"),
      ("features: [[a]]\n", "line 1", "'features' should be one text"),
      ("features: {a: b}\n", "line 1", "'features' should be one text"),
      ("output: a\n", "", "the study has no features"),
      ("- a\n", "line 1", "the study file is not a list of 'key: value' lines"),
      ("", "line 1", "the study file is not a list of 'key: value' lines"),
    ])
  func mistakes(text: String, place: String, problem: String) {
    let error = #expect(throws: FormatError.self) { try StudyFile(yaml: text) }
    #expect(error?.problem == problem)
    #expect(error?.place == place)
    #expect(error?.remedy.isEmpty == false)
  }

  @Test(
    "text that is no YAML names the line",
    arguments: ["features: [a\n", "features: [a]\nlayers: *conv*\n", "a: 1\na: 2\n", "a: b: c\n"])
  func notYAML(text: String) {
    let error = #expect(throws: FormatError.self) { try StudyFile(yaml: text) }
    #expect(error?.place.hasPrefix("line ") == true)
  }

  @Test("a file that says no weighting means equal, as all did once")
  func oldWeighting() throws {
    let folder = try ScratchFolder()
    let old = try folder.write(Array("features: a.npz\n".utf8), "old.yaml")
    #expect(try StudyFile.read(path: old).weighting == "equal")
    let new = try folder.write(Array("features: a.npz\nweighting: pairs\n".utf8), "new.yaml")
    #expect(try StudyFile.read(path: new).weighting == "pairs")
  }

  @Test("a study file is read from its place, and errors name it")
  func files() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(Array("features: a.npz\n".utf8), "study.yaml")
    #expect(try StudyFile.read(path: path).features == [folder.path + "/a.npz"])
    let bad = try folder.write([0x66, 0xFF, 0xFE], "bad.yaml")
    let error = #expect(throws: FormatError.self) { try StudyFile.read(path: bad) }
    #expect(error?.file == bad)
  }
}
