namespace InstrumentShare.Catalog.Import;

/// <param name="Name">The national field name.</param>
/// <param name="Field">Our own name of the field, under which its problems are found.</param>
/// <param name="Label">The Chinese heading of the national form, taken as well.</param>
public sealed record ImportColumn(string Name, string Field, string Label, bool Required = false);

/// <summary>The columns an instrument file may have.</summary>
public static class ImportColumns
{
    public static IReadOnlyList<ImportColumn> All { get; } =
    [
        new("cname", "name", "仪器设备名称", Required: true),
        new("ename", "nameEn", "英文名称", Required: true),
        new("innerId", "innerId", "所在单位仪器编号", Required: true),
        new("instrCategory", "classification", "设备分类", Required: true),
        new("worth", "originalValue", "原值（万元）", Required: true),
        new("instrBelongsType", "belongsTo", "所属资源载体"),
        new("instrBelongsName", "belongsToName", "隶属资源载体名称"),
        new("resourceName", "belongsToName", "资源载体名称"),
        new("province", "region", "省"),
        new("city", "region", "市"),
        new("county", "region", "区县"),
        new("street", "street", "街道"),
        new("instrSource", "source", "仪器设备来源"),
        new("type", "kind", "仪器设备类别"),
        new("subject", "subjects", "主要学科领域"),
        new("nation", "nation", "产地国别"),
        new("instrVersion", "model", "规格型号"),
        new("manufacturer", "manufacturer", "生产制造商"),
        new("beginDate", "beginOn", "建账日期"),
        new("technical", "technical", "主要技术指标"),
        new("function", "function", "主要功能"),
        new("requirement", "requirement", "用户须知"),
        new("fee", "fee", "参考收费标准"),
        new("serviceContent", "serviceContent", "服务内容"),
        new("serviceUrl", "serviceUrl", "预约服务网址"),
        new("instrSupervise", "customsSupervised", "海关监管"),
        new("runMachine", "runHours", "年总运行机时"),
        new("serviceMachine", "serviceHours", "年服务机时"),
        new("funds", "funds", "主要购置经费来源"),
        new("insideDepart", "insideDepart", "所属单位内部门"),
        new("contact", "contact", "联系人"),
        new("phone", "phone", "电话"),
        new("email", "email", "电子邮箱"),
        new("address", "address", "通讯地址"),
        new("postalcode", "postalCode", "邮政编码"),
        new("share", "sharing", "共享模式"),
        new("status", "status", "运行状态"),
    ];

    private static readonly Dictionary<string, ImportColumn> ByHeading = All.SelectMany(c => new[] { (c.Name, c), (c.Label, c) }).ToDictionary(p => p.Item1, p => p.c, StringComparer.OrdinalIgnoreCase);

    public static ImportColumn? Find(string heading) => ByHeading.GetValueOrDefault(heading.Trim().TrimStart('\ufeff', '*').Replace('(', '（').Replace(')', '）'));

    /// <summary>The column in which the value of one of our fields stands.</summary>
    public static string OfField(string field) => All.FirstOrDefault(c => c.Field == field)?.Name ?? field;
}
