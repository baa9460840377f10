using System.Globalization;
using InstrumentShare.Access;
using InstrumentShare.Kernel;
using NodaTime;

namespace InstrumentShare.Demo;

/// <summary>An invented institution with what is made for it.</summary>
/// <param name="Key">A short name for other tables of the demo.</param>
/// <param name="Host">What kinds of instrument stand there; a blank when it owns none.</param>
internal sealed record DemoInstitution(string Key, Institution Entity, char Host, int Instruments, int People, int Groups, string Street, string PostalCode);

/// <summary>The institutions of the demo: invented, and called so by their names (示范).</summary>
internal static class DemoInstitutions
{
    public const string Home = "wanjiang";

    public static List<DemoInstitution> Make(DemoRandom random, Instant founded)
    {
        var number = 0;
        return
        [
            Row(Home, "皖江示范大学", "Wanjiang Demonstration University", InstitutionKind.University, "CN-340104", 'u', 76, 14, 3, "示范路1号", "230000"),
            Row("matter", "合肥示范物质科学研究所", "Hefei Demonstration Institute of Matter Science", InstitutionKind.Institute, "CN-340111", 'i', 42, 5, 1, "示范湖路350号", "230000"),
            Row("hospital", "合肥示范医院", "Hefei Demonstration Hospital", InstitutionKind.Hospital, "CN-3401", 'h', 26, 4, 1, "示范大道18号", "230000"),
            Row("wuhu", "芜湖示范理工学院", "Wuhu Demonstration Institute of Technology", InstitutionKind.University, "CN-340207", 'u', 32, 4, 1, "示范中路6号", "241000"),
            Row("newmaterials", "安徽示范新材料有限公司", "Anhui Demonstration New Materials Co., Ltd.", InstitutionKind.Enterprise, "CN-3402", 'e', 12, 3, 1, "示范工业园3号", "241000", "highTech"),
            Row("ocean", "青岛示范海洋大学", "Qingdao Demonstration Ocean University", InstitutionKind.University, "CN-370212", 'o', 56, 7, 2, "示范海路23号", "266000"),
            Row("energy", "青岛示范能源研究所", "Qingdao Demonstration Energy Institute", InstitutionKind.Institute, "CN-370212", 'r', 28, 4, 1, "示范岭路189号", "266000"),
            Row("jinan", "济南示范大学", "Jinan Demonstration University", InstitutionKind.University, "CN-370112", 'u', 18, 3, 1, "示范山路88号", "250000"),
            Row("testing", "青岛示范检测技术有限公司", "Qingdao Demonstration Testing Co., Ltd.", InstitutionKind.Enterprise, "CN-370203", 'e', 10, 3, 1, "示范二路9号", "266000"),
            Row("biotech", "青岛示范生物科技有限公司", "Qingdao Demonstration Biotech Co., Ltd.", InstitutionKind.Enterprise, "CN-370212", ' ', 0, 3, 1, "示范创业园A座", "266000", "highTech", "qianfan"),
            Row("chips", "合肥示范半导体有限公司", "Hefei Demonstration Semiconductor Co., Ltd.", InstitutionKind.Enterprise, "CN-340104", ' ', 0, 3, 1, "示范科技园12号", "230000", "highTech"),
            Row("chongqing", "重庆示范装备有限公司", "Chongqing Demonstration Equipment Co., Ltd.", InstitutionKind.Enterprise, "CN-500112", ' ', 0, 2, 1, "示范街道5号", "400000", "networkMember"),
            Row("team", "皖江示范创业学生团队", "Wanjiang Demonstration Student Team", InstitutionKind.StudentTeam, "CN-340104", ' ', 0, 1, 1, "示范路1号创业中心", "230000"),
            Row("office", "示范区科技资源共享服务中心", "Demonstration Region Resource Sharing Office", InstitutionKind.PublicBody, "CN-34", ' ', 0, 3, 0, "示范大厦", "230000"),
        ];

        DemoInstitution Row(string key, string name, string nameEn, InstitutionKind kind, string region, char host, int instruments, int people, int groups, string street, string postalCode, params string[] tags) =>
            new(key, new Institution
            {
                Id = new InstitutionId(random.Id(founded)), Name = name, NameEn = nameEn, Kind = kind, Region = new Region(region), Tags = [.. tags], CreatedAt = founded,
                SocialCreditCode = kind == InstitutionKind.StudentTeam ? null : CodeOf(kind, region, ++number),
            }, host, instruments, people, groups, street, postalCode);
    }

    // Kind of registration, region, an organisation code that no register has given out (DEM…), check characters.
    private static string CodeOf(InstitutionKind kind, string region, int number)
    {
        var body = string.Create(CultureInfo.InvariantCulture, $"DEM{number:00000}");
        var sum = body.Zip([3, 7, 9, 10, 5, 8, 4, 2], (c, weight) => (char.IsDigit(c) ? c - '0' : c - 'A' + 10) * weight).Sum();
        var check = (11 - (sum % 11)) switch { 10 => 'X', 11 => '0', var digit => (char)('0' + digit) };
        var first17 = (kind == InstitutionKind.Enterprise ? "91" : "12") + region[3..].PadRight(6, '0') + body + check;
        return first17 + SocialCreditCode.CheckCharacter(first17);
    }
}
