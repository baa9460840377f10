// English names that pinyin does not give: provinces, places named in Mongol, Tibetan or Uyghur, peoples, and
// readings that the pinyin package gets wrong.
export const provinces = {
  11: 'Beijing', 12: 'Tianjin', 13: 'Hebei', 14: 'Shanxi', 15: 'Inner Mongolia', 21: 'Liaoning', 22: 'Jilin',
  23: 'Heilongjiang', 31: 'Shanghai', 32: 'Jiangsu', 33: 'Zhejiang', 34: 'Anhui', 35: 'Fujian', 36: 'Jiangxi',
  37: 'Shandong', 41: 'Henan', 42: 'Hubei', 43: 'Hunan', 44: 'Guangdong', 45: 'Guangxi', 46: 'Hainan', 50: 'Chongqing',
  51: 'Sichuan', 52: 'Guizhou', 53: 'Yunnan', 54: 'Xizang', 61: 'Shaanxi', 62: 'Gansu', 63: 'Qinghai', 64: 'Ningxia',
  65: 'Xinjiang', 71: 'Taiwan', 81: 'Hong Kong', 82: 'Macao',
};

export const places = {
  呼和浩特: 'Hohhot', 鄂尔多斯: 'Ordos', 呼伦贝尔: 'Hulunbuir', 巴彦淖尔: 'Bayannur', 乌兰察布: 'Ulanqab', 兴安: 'Hinggan',
  锡林郭勒: 'Xilingol', 阿拉善: 'Alxa', 锡林浩特: 'Xilinhot', 二连浩特: 'Erenhot', 满洲里: 'Manzhouli', 哈尔滨: 'Harbin',
  齐齐哈尔: 'Qiqihar', 延边: 'Yanbian', 拉萨: 'Lhasa', 日喀则: 'Xigaze', 昌都: 'Qamdo', 林芝: 'Nyingchi', 山南: 'Shannan',
  那曲: 'Nagqu', 阿里: 'Ngari', 阿坝: 'Ngawa', 甘孜: 'Garze', 乌鲁木齐: 'Urumqi', 克拉玛依: 'Karamay', 吐鲁番: 'Turpan',
  哈密: 'Hami', 阿克苏: 'Aksu', 喀什: 'Kashgar', 和田: 'Hotan', 伊犁: 'Ili', 阿勒泰: 'Altay', 博尔塔拉: 'Bortala',
  巴音郭楞: 'Bayingolin', 克孜勒苏: 'Kizilsu', 库尔勒: 'Korla', 伊宁: 'Yining', 石河子: 'Shihezi', 阿拉尔: 'Aral',
  塔城: 'Tacheng', 果洛: 'Golog', 玉树: 'Yushu', 海西: 'Haixi', 格尔木: 'Golmud', 德令哈: 'Delingha',
};

export const readings = {
  六安: 'Luan', 蚌埠: 'Bengbu', 亳州: 'Bozhou', 厦门: 'Xiamen', 长治: 'Changzhi', 台州: 'Taizhou', 丽水: 'Lishui',
  乐山: 'Leshan', 乐清: 'Yueqing', 番禺: 'Panyu', 大埔: 'Dabu', 东莞: 'Dongguan', 六合: 'Luhe', 浦东新: 'Pudong New',
  铅山: 'Yanshan', 洪洞: 'Hongtong', 尉氏: 'Weishi', 解放: 'Jiefang', 涪陵: 'Fuling', 荥阳: 'Xingyang', 荥经: 'Yingjing',
  隆尧: 'Longyao', 枞阳: 'Zongyang', 歙: 'Shexian', 莘: 'Shenxian', 单: 'Shanxian', 盱眙: 'Xuyi', 甪直: 'Luzhi',
  长子: 'Zhangzi', 都安: 'Duan', 繁峙: 'Fanshi', 井陉: 'Jingxing', 蔚: 'Yuxian', 乐亭: 'Laoting', 大城: 'Daicheng', 任丘: 'Renqiu',
};

export const peoples = {
  蒙古: 'Mongol', 回: 'Hui', 藏: 'Tibetan', 维吾尔: 'Uygur', 苗: 'Miao', 彝: 'Yi', 壮: 'Zhuang', 布依: 'Bouyei', 朝鲜: 'Korean',
  满: 'Manchu', 侗: 'Dong', 瑶: 'Yao', 白: 'Bai', 土家: 'Tujia', 哈尼: 'Hani', 哈萨克: 'Kazak', 傣: 'Dai', 黎: 'Li',
  傈僳: 'Lisu', 佤: 'Va', 畲: 'She', 拉祜: 'Lahu', 水: 'Sui', 东乡: 'Dongxiang', 纳西: 'Naxi', 景颇: 'Jingpo',
  柯尔克孜: 'Kirgiz', 土: 'Tu', 达斡尔: 'Daur', 仫佬: 'Mulao', 羌: 'Qiang', 布朗: 'Blang', 撒拉: 'Salar', 毛南: 'Maonan',
  仡佬: 'Gelao', 锡伯: 'Xibe', 普米: 'Pumi', 塔吉克: 'Tajik', 怒: 'Nu', 鄂温克: 'Ewenki', 保安: 'Bonan', 裕固: 'Yugur',
  独龙: 'Derung', 鄂伦春: 'Oroqen', 各: 'Multi-ethnic',
};
